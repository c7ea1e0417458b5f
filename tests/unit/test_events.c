/* Events to a reader that is slow, gone, or back again. */
#include "fixtures/events.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int ends[2];
static struct events events;

static void set_up(void)
{
	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	events_init(&events, ends[1]);
}

static void tear_down(void)
{
	events_clear(&events);
	close(ends[0]);
	close(ends[1]);
}

static void add(const char *name, size_t padding)
{
	static char text[2 << 20];
	memset(text, 'x', padding);
	text[padding] = '\0';
	events_add(&events, json_pack("{s:s, s:s}", "event", name, "padding", text));
}

/* Reads everything that is there, and returns how many lines ended in it. */
static size_t read_lines(char *first, size_t size)
{
	static char bytes[65536];
	size_t lines = 0;
	ssize_t len;
	while ((len = read(ends[0], bytes, sizeof bytes)) > 0) {
		for (ssize_t i = 0; i < len; i++)
			lines += bytes[i] == '\n';
		if (first != NULL) {
			size_t keep = (size_t)len < size - 1 ? (size_t)len : size - 1;
			memcpy(first, bytes, keep);
			first[keep] = '\0';
			first = NULL;
		}
	}
	return lines;
}

START_TEST(an_event_is_one_line)
{
	char line[200];
	add("one", 3);
	ck_assert(events_pending(&events));
	events_flush(&events);
	ck_assert(!events_pending(&events));
	ck_assert_uint_eq(read_lines(line, sizeof line), 1);
	ck_assert_str_eq(line, "{\"event\":\"one\",\"padding\":\"xxx\"}\n");
}
END_TEST

START_TEST(a_reader_that_does_not_read_blocks_nothing)
{
	for (int i = 0; i < 1000; i++)
		add("many", 1000);
	events_flush(&events); /* would hang here if it waited */
	ck_assert(events_pending(&events));
	size_t lines = 0;
	while (events_pending(&events)) {
		lines += read_lines(NULL, 0);
		events_flush(&events);
	}
	lines += read_lines(NULL, 0);
	ck_assert_uint_eq(lines, 1000);
}
END_TEST

START_TEST(what_does_not_fit_is_counted_and_told)
{
	char line[200];
	for (int i = 0; i < 40; i++)
		add("large", (size_t)1 << 20);
	ck_assert_uint_ge(events.lost, 8);
	size_t lost = events.lost;
	size_t lines = 0;
	while (events_pending(&events)) {
		lines += read_lines(NULL, 0);
		events_flush(&events);
	}
	lines += read_lines(NULL, 0);
	ck_assert_uint_eq(lines, 40 - lost);
	add("small", 0);
	events_flush(&events);
	ck_assert_uint_eq(read_lines(line, sizeof line), 2);
	ck_assert_int_eq(strncmp(line, "{\"count\":", 9), 0);
	ck_assert_ptr_nonnull(strstr(line, "\"event\":\"lost\""));
}
END_TEST

START_TEST(steady_load_does_not_grow_the_memory)
{
	/* One event always waits, so that the text is never empty. */
	add("steady", 8000);
	for (int i = 0; i < 20000; i++) {
		add("steady", 1000);
		size_t before = events.waiting.len - events.written;
		while (events.waiting.len - events.written + 1000 > before &&
		       events_pending(&events)) {
			events_flush(&events);
			read_lines(NULL, 0);
		}
		add("tail", 500);
	}
	ck_assert_uint_le(events.waiting.size, (size_t)1 << 20);
}
END_TEST

START_TEST(a_reader_that_is_gone_is_given_up)
{
	close(ends[0]);
	add("nobody", 10);
	events_flush(&events);
	ck_assert(!events_pending(&events));
	add("nobody", 10);
	ck_assert(!events_pending(&events));
	ends[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("events");
	TCase *tests = tcase_create("events");
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, an_event_is_one_line);
	tcase_add_test(tests, a_reader_that_does_not_read_blocks_nothing);
	tcase_add_test(tests, what_does_not_fit_is_counted_and_told);
	tcase_add_test(tests, steady_load_does_not_grow_the_memory);
	tcase_add_test(tests, a_reader_that_is_gone_is_given_up);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
