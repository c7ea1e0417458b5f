/* Knows which member of a finding is which key of its document. */
#include "harness/model/finding_json.h"

#include "harness/model/server_kind.h"

#define ALWAYS .presence = RECORD_ALWAYS

static const struct record_member affected_members[] = {
#define EFFECT(symbol, spelling, words)                                                      \
	{.key = (spelling),                                                                  \
	 .kind = RECORD_TEXTS,                                                               \
	 .offset = RECORD_OFFSET(struct affected, by_effect[EFFECT_##symbol], struct texts), \
	 .presence = RECORD_IF_SET},
#include "harness/model/effect.def"
#undef EFFECT
};
static const struct record_type affected_type = RECORD_TYPE(struct affected, affected_members);

static const struct record_member fix_members[] = {
	{RECORD_TEXT_ROW(struct fix, text), ALWAYS},
	{RECORD_WORD_ROW(struct fix, server, server_kind_names), ALWAYS},
	{RECORD_TEXT_ROW(struct fix, snippet), ALWAYS},
	{RECORD_TEXTS_ROW(struct fix, commands), ALWAYS},
};
static const struct record_type fix_type = RECORD_TYPE(struct fix, fix_members);

static const struct record_member finding_members[] = {
	{RECORD_WORD_ROW(struct finding, id, cause_names), ALWAYS},
	{RECORD_TEXT_ROW(struct finding, title), ALWAYS},
	{RECORD_WORD_ROW(struct finding, severity, severity_names), ALWAYS},
	{RECORD_WORD_ROW(struct finding, confidence, confidence_names), ALWAYS},
	{RECORD_TEXT_ROW(struct finding, text), ALWAYS},
	{RECORD_TEXTS_ROW(struct finding, evidence), ALWAYS},
	{RECORD_OBJECT_ROW(struct finding, classes, struct affected, affected_type), ALWAYS},
	{RECORD_OBJECT_ROW(struct finding, fix, struct fix, fix_type), ALWAYS},
	{RECORD_TEXTS_ROW(struct finding, on_server), ALWAYS},
	{RECORD_TEXT_ROW(struct finding, afterwards), ALWAYS},
};
const struct record_type finding_type = RECORD_TYPE(struct finding, finding_members);
