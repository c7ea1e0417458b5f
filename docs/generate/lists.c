/* Knows how closed lists, the axes of policies and the fields of scenarios are shown in a page. */
#include "docs/generate/mdoc.h"
#include "docs/generate/page.h"

#include "core/policy.h"
#include "core/situation.h"
#include "harness/model/cause.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void write_outcomes(FILE *out, const struct surface *surface)
{
	(void)surface;
	mdoc_names(out, &outcome_names);
}

static void write_reasons(FILE *out, const struct surface *surface)
{
	(void)surface;
	mdoc_names(out, &reason_names);
}

static void write_causes(FILE *out, const struct surface *surface)
{
	(void)surface;
	mdoc_names(out, &cause_names);
}

static void write_stages(FILE *out, const struct surface *surface)
{
	(void)surface;
	mdoc_names(out, &stage_names);
}

static void write_checks(FILE *out, const struct surface *surface)
{
	(void)surface;
	mdoc_names(out, &check_names);
}

static void write_statuses(FILE *out, const struct surface *surface)
{
	(void)surface;
	mdoc_names(out, &status_names);
}

static void write_spellings(FILE *out, const struct name_table *table)
{
	for (size_t i = 0; i < table->num; i++) {
		fputs(".Cm ", out);
		mdoc_word(out, table->names[i]);
		fputs(i + 1 < table->num ? " ,\n" : " .\n", out);
	}
}

static void write_default(FILE *out, const char *value)
{
	fputs("Default:\n.Cm ", out);
	mdoc_word(out, value);
	fputs(" .\n", out);
}

static void write_axes(FILE *out, const struct surface *surface)
{
	struct policy policy;
	char number[16];
	(void)surface;
	policy_init(&policy);
	fputs(".Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < num_policy_axes; i++) {
		const struct policy_axis *axis = &policy_axes[i];
		fprintf(out, ".It Ic %s\n", axis->name);
		mdoc_text(out, axis->text);
		fputs(".br\n", out);
		if (axis->table != NULL) {
			fputs("One of\n", out);
			write_spellings(out, axis->table);
		} else {
			fprintf(out, "A number from\n.Cm \"%d\"\nto\n.Cm \"%d\" .\n", axis->least,
				axis->most);
		}
		write_default(out, policy_spell(&policy, axis, number));
	}
	fputs(".El\n", out);
}

static void write_kind(FILE *out, const struct situation_field *field)
{
	switch (field->kind) {
	case FIELD_BOOL: fputs("\n.Cm true\nor\n.Cm false .\n", out); break;
	case FIELD_NAME:
		fputs("\nOne of\n", out);
		write_spellings(out, field->table);
		break;
	case FIELD_NUMBER:
		fprintf(out, "\nA number from\n.Cm \"%d\"\nto\n.Cm \"%d\" .\n", field->least,
			field->most);
		break;
	case FIELD_DURATION: fputs("\nA duration.\n", out); break;
	case FIELD_DURATION_NONE: fputs("\nA duration, or\n.Cm none .\n", out); break;
	case FIELD_POINTER: fputs("\n.Cm true ,\n.Cm false\nor a URL.\n", out); break;
	case FIELD_TLS: fputs("\nA list of\n.Cm 1.2\nand\n.Cm 1.3 .\n", out); break;
	}
}

static void write_field(FILE *out, const struct situation *healthy,
			const struct situation_field *field)
{
	char spelling[SITUATION_URL_MAX];
	fprintf(out, ".It Ic %s\n", field->key);
	mdoc_text(out, field->text);
	fputs(".br", out);
	write_kind(out, field);
	/* What is only meant with its own behaviour has no default. */
	if (field->implied_behaviour < 0)
		write_default(out, situation_spell(healthy, field, spelling));
}

/* The keys of an OCSP response are the same for a staple and for what a responder answers. */
static bool is_of_both(const struct situation_field *field)
{
	bool is_one = strcmp(field->section, "server.staple") == 0 ||
		      strcmp(field->section, "responder") == 0;
	return is_one && situation_find_field("server.staple", field->key) != NULL &&
	       situation_find_field("responder", field->key) != NULL;
}

static void write_section(FILE *out, const struct situation *healthy, const char *section,
			  bool of_both)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (size_t i = 0; i < num_situation_fields; i++) {
		const struct situation_field *field = &situation_fields[i];
		if (strcmp(field->section, section) == 0 && is_of_both(field) == of_both)
			write_field(out, healthy, field);
	}
	fputs(".El\n", out);
}

static void write_situation(FILE *out, const struct surface *surface)
{
	struct situation healthy;
	(void)surface;
	situation_init(&healthy, STATUS_GOOD);
	for (size_t i = 0; i < num_situation_sections; i++) {
		fputs(".Ss \"The section ", out);
		fprintf(out, "%s\"\n", situation_sections[i]);
		write_section(out, &healthy, situation_sections[i], false);
	}
	fputs(".Ss \"OCSP responses: more keys of server.staple and responder\"\n", out);
	write_section(out, &healthy, "server.staple", true);
}

static void write_capabilities(FILE *out, const struct surface *surface)
{
	static const char *const names[] = {
#define CAPABILITY(symbol, spelling) spelling,
#include "core/capability.def"
#undef CAPABILITY
	};
	(void)surface;
	write_spellings(out,
			&(struct name_table){.names = names, .num = sizeof names / sizeof *names});
}

const struct part list_parts[] = {
	{"OUTCOMES", write_outcomes},
	{"REASONS", write_reasons},
	{"CAUSES", write_causes},
	{"STAGES", write_stages},
	{"CHECKS", write_checks},
	{"STATUSES", write_statuses},
	{"AXES", write_axes},
	{"SITUATION", write_situation},
	{"CAPABILITIES", write_capabilities},
	{NULL, NULL},
};
