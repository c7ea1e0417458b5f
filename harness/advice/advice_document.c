/* Knows how an advice is written as a part of the document, and read back. */
#include "harness/advice/advice_document.h"

#define ITEMS_MAX 10000

static const char *const word_names[] = {"safe", "safe-if", "not-safe", "pointless"};
static const char *const word_texts[] = {"safe", "safe if …", "not safe", "pointless here"};
const struct name_table advice_word_names = {
	.what = "answer", .names = word_names, .texts = word_texts, .num = 4};

static const char *const fact_names[] = {"unknown", "yes", "no", "partly"};
const struct name_table advice_fact_names = {.what = "answer", .names = fact_names, .num = 4};

static const char *const life_names[NUM_ADVICE_LIVES] = {
	[ADVICE_LIFE_ASSUMED] = "assumed",
	[ADVICE_LIFE_OPTION] = "option",
	[ADVICE_LIFE_STAPLE] = "staple",
	[ADVICE_LIFE_RESPONDER] = "responder",
};
const struct name_table advice_life_names = {
	.what = "origin", .names = life_names, .num = NUM_ADVICE_LIVES};

#define ALWAYS .presence = RECORD_ALWAYS
#define IF_SET .presence = RECORD_IF_SET

static const struct record_member statement_members[] = {
	{RECORD_TEXT_ROW(struct advice_statement, id), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_statement, text), ALWAYS},
	{RECORD_TEXTS_ROW(struct advice_statement, rows), ALWAYS},
	{RECORD_BOOLEAN_ROW(struct advice_statement, better), IF_SET},
};
static const struct record_type statement_type =
	RECORD_TYPE(struct advice_statement, statement_members);

static const struct record_member instead_members[] = {
	{RECORD_TEXT_ROW(struct advice_statement, id), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_statement, text), ALWAYS},
	{RECORD_TEXTS_ROW(struct advice_statement, rows), ALWAYS},
	{RECORD_BOOLEAN_ROW(struct advice_statement, better), ALWAYS},
};
static const struct record_type instead_type =
	RECORD_TYPE(struct advice_statement, instead_members);

static const struct record_member answer_members[] = {
	{RECORD_WORD_ROW(struct advice_answer, word, advice_word_names), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_answer, title), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_answer, text), ALWAYS},
	{RECORD_LIST_ROW(struct advice_answer, reasons, struct advice_statement, statement_type,
			 ITEMS_MAX),
	 ALWAYS},
	{RECORD_LIST_ROW(struct advice_answer, conditions, struct advice_statement, statement_type,
			 ITEMS_MAX),
	 ALWAYS},
	{RECORD_LIST_ROW(struct advice_answer, instead, struct advice_statement, instead_type,
			 ITEMS_MAX),
	 ALWAYS},
};
static const struct record_type answer_type = RECORD_TYPE(struct advice_answer, answer_members);

static const struct record_member question_members[] = {
	{RECORD_TEXT_ROW(struct advice_question, id), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_question, question), ALWAYS},
	{RECORD_WORD_ROW(struct advice_question, answer, advice_fact_names), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_question, text), IF_SET},
};
static const struct record_type question_type =
	RECORD_TYPE(struct advice_question, question_members);

static const struct record_member client_members[] = {
	{RECORD_TEXT_ROW(struct advice_client, class), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_client, title), ALWAYS},
	{RECORD_REAL_ROW(struct advice_client, share), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_client, note), ALWAYS},
};
static const struct record_type client_type = RECORD_TYPE(struct advice_client, client_members);

static const struct record_member environment_members[] = {
	{RECORD_TEXT_ROW(struct advice_environment, file), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_environment, title), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_environment, text), ALWAYS},
	{RECORD_REAL_ROW(struct advice_environment, sum), ALWAYS},
	{RECORD_LIST_ROW(struct advice_environment, clients, struct advice_client, client_type,
			 ITEMS_MAX),
	 ALWAYS},
};
static const struct record_type environment_type =
	RECORD_TYPE(struct advice_environment, environment_members);

static const struct record_member cell_members[] = {
	{RECORD_TEXT_ROW(struct advice_cell, class), ALWAYS},
	{RECORD_REAL_ROW(struct advice_cell, share), ALWAYS},
	{RECORD_WORD_ROW(struct advice_cell, outcome, outcome_names), ALWAYS},
};
static const struct record_type cell_type = RECORD_TYPE(struct advice_cell, cell_members);

static const struct record_member side_members[] = {
	{RECORD_TEXT_ROW(struct advice_side, row), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_side, title), ALWAYS},
	{RECORD_REAL_ROW(struct advice_side, connects), ALWAYS},
	{RECORD_REAL_ROW(struct advice_side, warns), ALWAYS},
	{RECORD_REAL_ROW(struct advice_side, refuses), ALWAYS},
	{RECORD_REAL_ROW(struct advice_side, no_verdict), ALWAYS},
	{RECORD_LIST_ROW(struct advice_side, cells, struct advice_cell, cell_type, ITEMS_MAX),
	 ALWAYS},
};
static const struct record_type side_type = RECORD_TYPE(struct advice_side, side_members);

static const struct record_member refused_members[] = {
	{RECORD_REAL_ROW(struct advice_refused, share), ALWAYS},
	{RECORD_TEXTS_ROW(struct advice_refused, classes), ALWAYS},
};
static const struct record_type refused_type = RECORD_TYPE(struct advice_refused, refused_members);

static const struct record_member comparison_members[] = {
	{RECORD_WORD_ROW(struct advice_comparison, family, advice_family_names), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_comparison, label), ALWAYS},
	{RECORD_WORD_ROW(struct advice_comparison, staple, staple_state_names), ALWAYS},
	{RECORD_WORD_ROW(struct advice_comparison, truth, status_names), ALWAYS},
	{RECORD_BOOLEAN_ROW(struct advice_comparison, withheld), ALWAYS},
	{RECORD_OBJECT_ROW(struct advice_comparison, without, struct advice_side, side_type),
	 ALWAYS},
	{RECORD_OBJECT_ROW(struct advice_comparison, with, struct advice_side, side_type), ALWAYS},
	{RECORD_OBJECT_ROW(struct advice_comparison, newly_refused, struct advice_refused,
			   refused_type),
	 ALWAYS},
};
static const struct record_type comparison_type =
	RECORD_TYPE(struct advice_comparison, comparison_members);

static const struct record_member security_members[] = {
	{RECORD_REAL_ROW(struct advice_security, still_without), ALWAYS},
	{RECORD_REAL_ROW(struct advice_security, still_with), ALWAYS},
	{RECORD_REAL_ROW(struct advice_security, gained), ALWAYS},
	{RECORD_TEXTS_ROW(struct advice_security, rows), ALWAYS},
};
static const struct record_type security_type =
	RECORD_TYPE(struct advice_security, security_members);

static const struct record_member availability_members[] = {
	{RECORD_REAL_ROW(struct advice_availability, lost_when_well), ALWAYS},
	{RECORD_REAL_ROW(struct advice_availability, lost_in_outage), ALWAYS},
	{RECORD_REAL_ROW(struct advice_availability, lost_by_misconfiguration), ALWAYS},
	{RECORD_REAL_ROW(struct advice_availability, no_verdict), ALWAYS},
};
static const struct record_type availability_type =
	RECORD_TYPE(struct advice_availability, availability_members);

static const struct record_member thresholds_members[] = {
	{RECORD_REAL_ROW(struct advice_thresholds, least_gain), ALWAYS},
	{RECORD_REAL_ROW(struct advice_thresholds, most_loss), ALWAYS},
	{RECORD_INTEGER_ROW(struct advice_thresholds, outage_s), ALWAYS},
};
static const struct record_type thresholds_type =
	RECORD_TYPE(struct advice_thresholds, thresholds_members);

static const struct record_member margin_members[] = {
	{RECORD_TEXT_ROW(struct advice_margin, server), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_margin, title), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_margin, text), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_margin, first_connection), ALWAYS},
	{RECORD_WORD_ROW(struct advice_margin, restart, refresh_restart_names), ALWAYS},
	{RECORD_WORD_ROW(struct advice_margin, after, staple_state_names), ALWAYS},
	{RECORD_INTEGER_ROW(struct advice_margin, least_s), ALWAYS},
	{RECORD_INTEGER_ROW(struct advice_margin, usual_s), ALWAYS},
	{RECORD_INTEGER_ROW(struct advice_margin, most_s), ALWAYS},
	{RECORD_INTEGER_ROW(struct advice_margin, restart_least_s), ALWAYS},
	{RECORD_INTEGER_ROW(struct advice_margin, restart_usual_s), ALWAYS},
};
static const struct record_type margin_type = RECORD_TYPE(struct advice_margin, margin_members);

static const struct record_member margins_members[] = {
	{RECORD_INTEGER_ROW(struct advice_margins, staple_life_s), ALWAYS},
	{RECORD_WORD_ROW(struct advice_margins, life_from, advice_life_names), ALWAYS},
	{RECORD_INTEGER_ROW(struct advice_margins, fetched_least_s), ALWAYS},
	{RECORD_INTEGER_ROW(struct advice_margins, outage_s), ALWAYS},
	{RECORD_TEXT_ROW(struct advice_margins, server_from), ALWAYS},
	{RECORD_LIST_ROW(struct advice_margins, servers, struct advice_margin, margin_type,
			 ITEMS_MAX),
	 ALWAYS},
};
static const struct record_type margins_type = RECORD_TYPE(struct advice_margins, margins_members);

static const struct record_member endpoint_members[] = {
	{RECORD_TEXT_ROW(struct advice_endpoint, id), IF_SET},
	{RECORD_LIST_ROW(struct advice_endpoint, facts, struct advice_question, question_type,
			 ITEMS_MAX),
	 ALWAYS},
};
static const struct record_type endpoint_type =
	RECORD_TYPE(struct advice_endpoint, endpoint_members);

static const struct record_member advice_members[] = {
	{RECORD_OBJECT_ROW(struct advice, answer, struct advice_answer, answer_type), ALWAYS},
	{RECORD_LIST_ROW(struct advice, questions, struct advice_question, question_type,
			 ITEMS_MAX),
	 ALWAYS},
	{RECORD_OBJECT_ROW(struct advice, environment, struct advice_environment, environment_type),
	 ALWAYS},
	{RECORD_LIST_ROW(struct advice, pairs, struct advice_comparison, comparison_type,
			 ITEMS_MAX),
	 ALWAYS},
	{RECORD_OBJECT_ROW(struct advice, security, struct advice_security, security_type), ALWAYS},
	{RECORD_OBJECT_ROW(struct advice, availability, struct advice_availability,
			   availability_type),
	 ALWAYS},
	{RECORD_OBJECT_ROW(struct advice, thresholds, struct advice_thresholds, thresholds_type),
	 ALWAYS},
	{RECORD_OBJECT_ROW(struct advice, margins, struct advice_margins, margins_type), ALWAYS},
	{RECORD_OBJECT_ROW(struct advice, endpoint, struct advice_endpoint, endpoint_type), ALWAYS},
	{RECORD_TEXTS_ROW(struct advice, notes), ALWAYS},
};
const struct record_type advice_type = RECORD_TYPE(struct advice, advice_members);

json_t *advice_to_json(const struct advice *advice)
{
	return record_write(advice, &advice_type);
}

bool advice_read(struct advice *advice, const json_t *object, struct error *err)
{
	*advice = (struct advice){0};
	return record_read(advice, &advice_type, object, "advice", ERROR_USAGE, err);
}

void advice_clear(struct advice *advice)
{
	record_clear(advice, &advice_type);
}
