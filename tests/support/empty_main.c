/* A program that does nothing: whether it links is the test (cmake/FolderLibrary.cmake). */
int main(void)
{
	return 0;
}
