/* Knows whether memory ran out in this thread. */
#include "core/memory.h"

static _Thread_local bool lacks;

void memory_note_lack(void)
{
	lacks = true;
}

bool memory_lacks(void)
{
	return lacks;
}

void memory_forget_lack(void)
{
	lacks = false;
}
