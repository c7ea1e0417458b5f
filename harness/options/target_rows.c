/* Knows which rows of a run targets become. */
#include "harness/options/target_rows.h"

#include "harness/config/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool target_is_resolved_by_proxy(const struct target_options *options)
{
	return options->proxy != NULL && options->family == FAMILY_ANY && !options->all;
}

static bool add_row(struct target_rows *rows, const struct target *target, const char *address,
		    bool one_of_several, const char *fault, struct error *err)
{
	char id[700];
	snprintf(id, sizeof id, "%s%s%s", target->id, one_of_several ? "@" : "",
		 one_of_several ? address : "");
	char **faults = reallocarray(rows->faults, rows->num + 1, sizeof *faults);
	if (faults == NULL)
		return error_set(err, ERROR_UNABLE, "out of memory");
	rows->faults = faults;
	faults[rows->num++] = fault != NULL ? strdup(fault) : NULL;
	struct run_row row = {
		.id = id,
		.host = target->host,
		.address = (char *)address,
		.port = target->reach_port,
		.server_name = target->server_name,
	};
	return run_add_row(rows->run, &row) >= 0 || error_set(err, ERROR_UNABLE, "out of memory");
}

bool target_rows_add(struct target_rows *rows, const struct target *target,
		     const struct target_options *options, bool all, int deadline_ms,
		     struct error *err)
{
	struct error fault = ERROR_INIT;
	char **addresses = NULL;
	size_t num = 0;
	if (target_is_resolved_by_proxy(options))
		return add_row(rows, target, target->reach, false, NULL, err);
	if (!endpoint_resolve(&addresses, &num, target->reach, options->family, all, deadline_ms,
			      &fault))
		return add_row(rows, target, NULL, false, fault.text, err);
	bool done = true;
	for (size_t i = 0; done && i < num; i++)
		done = add_row(rows, target, addresses[i], num > 1, NULL, err);
	endpoint_free_addresses(addresses, num);
	return done;
}

bool target_rows_add_fault(struct target_rows *rows, const struct target *target, const char *fault,
			   struct error *err)
{
	return add_row(rows, target, NULL, false, fault, err);
}

bool target_rows_add_address(struct target_rows *rows, const struct target *target,
			     const char *address, bool one_of_several, struct error *err)
{
	return add_row(rows, target, address, one_of_several, NULL, err);
}

void target_rows_clear(struct target_rows *rows)
{
	for (size_t i = 0; i < rows->num; i++)
		free(rows->faults[i]);
	free(rows->faults);
	*rows = (struct target_rows){0};
}
