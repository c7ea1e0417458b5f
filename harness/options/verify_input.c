/* Knows which file of a verification is which. */
#include "harness/options/verify_input.h"

#include "core/file.h"
#include "harness/verify/certificate_path.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* With base64, and the response beside it, a line of the protocol still has room. */
#define CERTIFICATES_MAX ((size_t)200 << 10)

/* The certificates of one question, in DER; the first of the first list is the one, its issuer is
 * among those of the second. */
struct certificates {
	struct blob_list certificate, issuer, chain, trust;
};

static void certificates_clear(struct certificates *certificates)
{
	blob_list_clear(&certificates->certificate);
	blob_list_clear(&certificates->issuer);
	blob_list_clear(&certificates->chain);
	blob_list_clear(&certificates->trust);
}

static bool read_optional(struct blob_list *out, const char *path, struct error *err)
{
	return path == NULL || der_input_read(out, path, DER_INPUT_CERTIFICATE, err);
}

/* PEM text in new memory; NULL in *out for none. */
static bool print(char **out, const struct blob_list *list, size_t first, size_t num,
		  struct error *err)
{
	struct text text;
	if (num == 0)
		return true;
	text_init(&text, 0);
	bool done = der_input_print(&text, list->items + first, num);
	*out = done ? strdup(text_string(&text)) : NULL;
	text_clear(&text);
	return *out != NULL || error_set(err, ERROR_UNABLE, "out of memory");
}

static size_t beyond_first(const struct blob_list *list)
{
	return list->num > 1 ? list->num - 1 : 0;
}

/* What follows the certificate belongs to the chain. */
static bool print_chain(char **out, const struct certificates *from, struct error *err)
{
	struct text text;
	text_init(&text, 0);
	der_input_print(&text, from->certificate.items + 1, beyond_first(&from->certificate));
	der_input_print(&text, from->chain.items, from->chain.num);
	bool done = !text.failed;
	if (done && text.len > 0)
		done = (*out = strdup(text_string(&text))) != NULL;
	text_clear(&text);
	return done || error_set(err, ERROR_UNABLE, "out of memory");
}

static size_t len_of(const char *text)
{
	return text != NULL ? strlen(text) : 0;
}

static bool fill(struct question *question, const struct certificates *from, struct error *err)
{
	return print(&question->certificate, &from->certificate, 0, from->certificate.num > 0,
		     err) &&
	       print(&question->issuer, &from->issuer, 0, from->issuer.num, err) &&
	       print_chain(&question->chain, from, err) &&
	       print(&question->trust, &from->trust, 0, from->trust.num, err);
}

/* What exceeds a limit in a list is that row's fault alone. */
static bool refuse(struct question *question, const char *text, struct error *err)
{
	free(question->bytes.bytes);
	question->bytes.bytes = NULL;
	question->refusal = strdup(text);
	return question->refusal != NULL || error_set(err, ERROR_UNABLE, "out of memory");
}

static bool check_room(struct question *question, bool is_in_list, struct error *err)
{
	char text[160];
	size_t len = len_of(question->certificate) + len_of(question->issuer) +
		     len_of(question->chain) + len_of(question->trust);
	if (len <= CERTIFICATES_MAX)
		return true;
	snprintf(text, sizeof text,
		 "%zu bytes of certificates in PEM are more than the limit of %zu bytes; the trust "
		 "anchors that matter are enough",
		 len, CERTIFICATES_MAX);
	return is_in_list ? refuse(question, text, err) : error_set(err, ERROR_USAGE, "%s", text);
}

/* Takes over bytes. */
static bool add_question(struct verification *out, const char *name, bool is_crl,
			 struct blob *bytes, const struct certificates *certificates,
			 const struct verify_input *input, struct error *err)
{
	struct question question = {
		.name = strdup(name),
		.is_crl = is_crl,
		.bytes = *bytes,
		.memory_fd = -1,
		.has_time = input->has_time,
		.at_s = input->at_s,
	};
	*bytes = (struct blob){0};
	if (question.name == NULL)
		error_set(err, ERROR_UNABLE, "out of memory");
	if (question.name != NULL && fill(&question, certificates, err) &&
	    check_room(&question, input->index != NULL, err))
		return verification_add_question(out, &question, err);
	question_clear(&question);
	return false;
}

/* One question for each of a file; takes over what they hold. */
static bool add_parts(struct verification *out, const char *file, bool is_crl,
		      struct blob_list *parts, const struct certificates *certificates,
		      const struct verify_input *input, struct error *err)
{
	for (size_t i = 0; i < parts->num; i++) {
		struct text name;
		text_init(&name, 0);
		text_append(&name, file);
		if (parts->num > 1)
			text_append_format(&name, " (%zu of %zu)", i + 1, parts->num);
		bool done = add_question(out, text_string(&name), is_crl, &parts->items[i],
					 certificates, input, err);
		text_clear(&name);
		if (!done)
			return false;
		out->questions[out->num_questions - 1].num_parts = parts->num - i;
	}
	return true;
}

static bool add_files(struct verification *out, const struct word_list *files, bool is_crl,
		      const struct certificates *certificates, const struct verify_input *input,
		      struct error *err)
{
	bool done = true;
	for (size_t i = 0; done && i < files->num; i++) {
		struct blob_list parts = {0};
		const char *file = files->items[i];
		done = der_input_read(&parts, file, is_crl ? DER_INPUT_CRL : DER_INPUT_RESPONSE,
				      err);
		if (done && !is_crl && parts.num > 1)
			done = error_set(err, ERROR_USAGE, "%s: more than one OCSP response in it",
					 file);
		done = done && add_parts(out, file, is_crl, &parts, certificates, input, err);
		blob_list_clear(&parts);
	}
	return done;
}

bool verify_input_read(struct verification *out, const struct verify_input *input,
		       struct error *err)
{
	struct certificates certificates = {0};
	bool done = read_optional(&certificates.certificate, input->certificate, err) &&
		    read_optional(&certificates.issuer, input->issuer, err) &&
		    read_optional(&certificates.chain, input->chain, err) &&
		    read_optional(&certificates.trust, input->trust, err);
	if (done &&
	    certificates.issuer.num + certificates.chain.num + certificates.trust.num == 0 &&
	    certificates.certificate.num == 1)
		done = error_set(
			err, ERROR_USAGE,
			"no issuer: use --issuer, --chain or --trust, or a --cert with its chain");
	done = done && add_files(out, &input->responses, false, &certificates, input, err) &&
	       add_files(out, &input->crls, true, &certificates, input, err);
	certificates_clear(&certificates);
	return done;
}

/* --- test vectors --- */

static bool read_relative(struct blob_list *out, const char *index, const char *path,
			  struct error *err)
{
	if (path == NULL)
		return true;
	char *full = vector_path(index, path);
	bool done = full != NULL ? der_input_read(out, full, DER_INPUT_CERTIFICATE, err)
				 : error_set(err, ERROR_UNABLE, "out of memory");
	free(full);
	return done;
}

/* A request or a key may be among the other files: only certificates are of use. */
static bool read_other(struct blob_list *out, const char *index, const char *path,
		       struct error *err)
{
	struct error no_certificate = ERROR_INIT;
	struct text content;
	char *full = vector_path(index, path);
	text_init(&content, DER_INPUT_MAX_BYTES);
	bool done = full != NULL ? file_read(&content, full, DER_INPUT_MAX_BYTES, err)
				 : error_set(err, ERROR_UNABLE, "out of memory");
	if (done)
		der_input_parse(out, text_string(&content), content.len, DER_INPUT_CERTIFICATE,
				&no_certificate);
	text_clear(&content);
	free(full);
	return done;
}

static bool read_others(struct blob_list *out, const char *index, const char *others,
			struct error *err)
{
	char *rest = NULL, *copy = others != NULL ? strdup(others) : NULL;
	bool done = others == NULL || copy != NULL || error_set(err, ERROR_UNABLE, "out of memory");
	for (char *path = copy != NULL ? strtok_r(copy, ";", &rest) : NULL; done && path != NULL;
	     path = strtok_r(NULL, ";", &rest))
		done = read_other(out, index, path, err);
	free(copy);
	return done;
}

/* What is no response or CRL counts as one: that is for the stacks to say. */
static bool read_any_bytes(struct blob_list *out, const char *index, const char *path, bool is_crl,
			   struct error *err)
{
	struct error nothing = ERROR_INIT;
	struct text content;
	char *full = vector_path(index, path);
	text_init(&content, DER_INPUT_MAX_BYTES);
	bool done = full != NULL ? file_read(&content, full, DER_INPUT_MAX_BYTES, err)
				 : error_set(err, ERROR_UNABLE, "out of memory");
	if (done && content.len == 0)
		done = error_set(err, ERROR_USAGE, "%s: is empty", full);
	if (done && !der_input_parse(out, text_string(&content), content.len,
				     is_crl ? DER_INPUT_CRL : DER_INPUT_RESPONSE, &nothing)) {
		blob_list_clear(out);
		out->items = calloc(1, sizeof *out->items);
		done = out->items != NULL || error_set(err, ERROR_UNABLE, "out of memory");
		if (done) {
			out->items[out->num++] =
				(struct blob){(uint8_t *)content.data, content.len};
			content = (struct text){0};
		}
	}
	text_clear(&content);
	free(full);
	return done;
}

static bool is_crl(const struct vector *vector)
{
	return vector->kind == VECTOR_CRL || vector->kind == VECTOR_CRL_CHAIN;
}

/* One question for each of the list. */
static bool add_lists(struct verification *out, const struct vector *vector, const char *index,
		      const struct blob_list *lists, const struct certificates *certificates,
		      struct error *err)
{
	struct verify_input input = {
		.has_time = vector->has_time, .at_s = vector->at_s, .index = index};
	for (size_t i = 0; i < lists->num; i++) {
		struct blob copy = {malloc(lists->items[i].len), lists->items[i].len};
		if (copy.bytes == NULL)
			return error_set(err, ERROR_UNABLE, "out of memory");
		memcpy(copy.bytes, lists->items[i].bytes, copy.len);
		if (!add_question(out, vector->name, is_crl(vector), &copy, certificates, &input,
				  err))
			return false;
	}
	return true;
}

/*
 * Each certificate of cert_file and issuer_file, and of other_files what belongs to their path, but
 * the anchors: those of trust_file, or else the last of the first two. The issuer of each is among
 * all of them.
 */
static bool add_chain(struct verification *out, struct vector *vector, const char *index,
		      const struct blob_list *lists, const struct certificates *from,
		      struct error *err)
{
	struct blob_list path = {0}, all = {0};
	bool done = path_join(&path, &from->certificate) && path_join(&path, &from->issuer) &&
		    path_join(&all, &from->certificate) && path_join(&all, &from->issuer) &&
		    path_join(&all, &from->chain);
	struct blob last_item = done ? path.items[path.num - 1] : (struct blob){0};
	const struct blob_list last = {&last_item, 1};
	const struct blob_list *anchors = from->trust.num > 0 ? &from->trust : &last;
	done = done && path_extend(&path, &from->chain, anchors);
	if (!done)
		error_set(err, ERROR_UNABLE, "out of memory");
	vector->num_certificates = 0;
	for (size_t i = 0; done && i < path.num; i++) {
		struct certificates one = {
			.certificate = {&path.items[i], 1}, .chain = all, .trust = *anchors};
		if (path_has(anchors, &path.items[i]))
			continue;
		vector->num_certificates++;
		done = add_lists(out, vector, index, lists, &one, err);
	}
	if (done && vector->num_certificates == 0)
		done = error_set(err, ERROR_USAGE, "every certificate is a trust anchor");
	free(path.items);
	free(all.items);
	return done;
}

/* A file of a vector that is larger than any that is read. */
struct excess {
	char text[320];
	size_t size; /* 0: there is none */
};

static void look_for_excess(struct excess *out, const char *index, const char *path, size_t len)
{
	struct stat info;
	char *name = path != NULL && out->size == 0 ? strndup(path, len) : NULL;
	char *full = name != NULL ? vector_path(index, name) : NULL;
	if (full != NULL && stat(full, &info) == 0 && S_ISREG(info.st_mode) &&
	    (uintmax_t)info.st_size > DER_INPUT_MAX_BYTES) {
		out->size = (size_t)info.st_size;
		snprintf(out->text, sizeof out->text,
			 "%.200s: its %zu bytes are more than the limit of %zu bytes", name,
			 out->size, DER_INPUT_MAX_BYTES);
	}
	free(full);
	free(name);
}

static struct excess find_excess(const struct vector *vector, const char *index)
{
	const char *const paths[] = {vector->response, vector->certificate, vector->issuer,
				     vector->trust};
	struct excess out = {.size = 0};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		look_for_excess(&out, index, paths[i], SIZE_MAX);
	for (const char *at = vector->others, *end; at != NULL; at = end) {
		end = strchr(at, ';');
		look_for_excess(&out, index, at, end != NULL ? (size_t)(end++ - at) : strlen(at));
	}
	return out;
}

/* One question that no stack is asked. */
static bool add_refused(struct verification *out, struct vector *vector,
			const struct excess *excess, struct error *err)
{
	struct question question = {
		.name = strdup(vector->name),
		.is_crl = is_crl(vector),
		.bytes = {NULL, excess->size},
		.memory_fd = -1,
		.has_time = vector->has_time,
		.at_s = vector->at_s,
	};
	vector->first_question = out->num_questions;
	vector->num_certificates = vector->num_lists = 1;
	if (question.name != NULL && refuse(&question, excess->text, err))
		return verification_add_question(out, &question, err);
	question_clear(&question);
	return error_set(err, ERROR_UNABLE, "out of memory");
}

static bool read_vector(struct verification *out, struct vector *vector, const char *index,
			struct error *err)
{
	struct certificates certificates = {0};
	struct blob_list lists = {0};
	/* Only what decodes is asked then, and the issuer says nothing about that. */
	bool only_decodes = vector->kind == VECTOR_PARSE && vector->certificate == NULL;
	bool done =
		read_relative(&certificates.certificate, index, vector->certificate, err) &&
		(only_decodes || (read_relative(&certificates.issuer, index, vector->issuer, err) &&
				  read_relative(&certificates.trust, index, vector->trust, err) &&
				  read_others(&certificates.chain, index, vector->others, err))) &&
		read_any_bytes(&lists, index, vector->response, is_crl(vector), err);
	vector->first_question = out->num_questions;
	vector->num_certificates = 1;
	vector->num_lists = lists.num;
	if (done && !is_crl(vector) && lists.num > 1)
		done = error_set(err, ERROR_USAGE, "%s: more than one OCSP response in it",
				 vector->response);
	done = done && (vector->kind == VECTOR_CRL_CHAIN
				? add_chain(out, vector, index, &lists, &certificates, err)
				: add_lists(out, vector, index, &lists, &certificates, err));
	certificates_clear(&certificates);
	blob_list_clear(&lists);
	return done || error_prefix(err, "%s:%d", index, vector->line);
}

bool verify_input_read_index(struct verification *out, struct vector_index *index,
			     const struct verify_input *input, struct error *err)
{
	if (!vector_index_read(index, input->index, err))
		return false;
	for (size_t i = 0; i < index->num; i++) {
		struct vector *vector = &index->items[i];
		struct excess excess = find_excess(vector, input->index);
		if (!(excess.size > 0 ? add_refused(out, vector, &excess, err)
				      : read_vector(out, vector, input->index, err)))
			return false;
	}
	return true;
}
