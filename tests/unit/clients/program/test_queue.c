/* The queue between reader and workers: order, bound, and the end. */
#include "clients/program/queue.h"

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

START_TEST(gives_out_in_the_order_in_which_it_took)
{
	struct queue *queue = queue_new(3);
	size_t len;
	ck_assert(queue_put(queue, "a", 1));
	ck_assert(queue_put(queue, "b\0c", 3));
	char *text = queue_take(queue, &len);
	ck_assert_str_eq(text, "a");
	free(text);
	text = queue_take(queue, &len);
	ck_assert_uint_eq(len, 3);
	ck_assert_mem_eq(text, "b\0c\0", 4);
	free(text);
	queue_free(queue);
}
END_TEST

START_TEST(is_emptied_after_it_was_closed)
{
	struct queue *queue = queue_new(2);
	size_t len;
	ck_assert(queue_put(queue, "a", 1));
	queue_close(queue);
	char *text = queue_take(queue, &len);
	ck_assert_str_eq(text, "a");
	free(text);
	ck_assert_ptr_null(queue_take(queue, &len));
	ck_assert_ptr_null(queue_take(queue, &len));
	queue_free(queue);
}
END_TEST

START_TEST(what_is_left_is_freed)
{
	struct queue *queue = queue_new(2);
	ck_assert(queue_put(queue, "left", 4));
	queue_free(queue);
	queue_free(NULL);
}
END_TEST

#define MANY     2000
#define CAPACITY 4

struct flood {
	struct queue *queue;
	atomic_int taken;
};

static void *take_all(void *context)
{
	struct flood *flood = context;
	size_t len;
	char *text;
	while ((text = queue_take(flood->queue, &len)) != NULL) {
		atomic_fetch_add(&flood->taken, 1);
		free(text);
	}
	return NULL;
}

START_TEST(a_flood_waits_and_nothing_is_lost)
{
	struct flood flood = {.queue = queue_new(CAPACITY)};
	pthread_t threads[3];
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, take_all, &flood), 0);
	for (int i = 1; i <= MANY; i++) {
		ck_assert(queue_put(flood.queue, "request", 7));
		/* At most the queue and one text in each worker's hand are under way. */
		ck_assert_int_le(i - atomic_load(&flood.taken), CAPACITY + 3);
	}
	queue_close(flood.queue);
	for (size_t i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&flood.taken), MANY);
	queue_free(flood.queue);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("queue");
	TCase *cases = tcase_create("queue");
	tcase_set_timeout(cases, 30);
	tcase_add_test(cases, gives_out_in_the_order_in_which_it_took);
	tcase_add_test(cases, is_emptied_after_it_was_closed);
	tcase_add_test(cases, what_is_left_is_freed);
	tcase_add_test(cases, a_flood_waits_and_nothing_is_lost);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
