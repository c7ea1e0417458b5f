/* Any bytes as an HTTP head to the lab, as a path, and as an OCSP request within it. */
#include "fixtures/resource.h"

#include "core/clock.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pki pki;
static struct catalogue catalogue;

static void start(void)
{
	struct ports ports = {1, 2, 3, 4};
	json_t *scenarios = json_loads("[{\"id\": \"s\", \"host\": \"s.lab.localhost\"}]", 0, NULL);
	if (!pki_init(&pki, clock_wall_s(), NULL, NULL, NULL) ||
	    !catalogue_init(&catalogue, scenarios, &pki, &ports, NULL))
		abort();
	json_decref(scenarios);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct request_line line;
	struct resource resource;
	struct bytes request = {0};
	if (catalogue.num == 0)
		start();
	if (request_line_read(&line, (const char *)data, size) != HEAD_WHOLE)
		return 0;
	/* What is whole has both words, and no word has a blank in it. */
	if (strpbrk(line.method, " \n") != NULL || strpbrk(line.path, " \n") != NULL)
		abort();
	if (!resource_find(&resource, &catalogue, line.path))
		return 0;
	if (request_decode(&request, resource.rest, NULL) && request.len > strlen(resource.rest))
		abort();
	bytes_clear(&request);
	return 0;
}
