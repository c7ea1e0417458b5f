/* Knows the rules of the SARIF report, and what to do about each. */
#include "reports/ci/sarif_rules.h"

#include <ctype.h>
#include <string.h>

const struct sarif_rule sarif_rules[NUM_SARIF_RULES] = {
	[SARIF_UNEXPECTED] =
		{
			.id = "revoscope/unexpected-verdict",
			.name = "UnexpectedVerdict",
			.level = "error",
			.short_text = "A client class has an unexpected verdict.",
			.full_text =
				"The verdict, or its reason, differs from that of the scenario, of "
				"a known deviation or of the expectations of this environment.",
			.help = "Examine the cell with `revoscope explain`. If the client changed, "
				"read its release notes; a known and accepted difference belongs "
				"in a deviations file, with its reason.",
		},
	[SARIF_EXPOSED] =
		{
			.id = "revoscope/exposed-to-revoked",
			.name = "ExposedToRevoked",
			.level = "error",
			.short_text =
				"A client class completed a connection to a revoked certificate.",
			.full_text = "The certificate is revoked and this client still connected. "
				     "An attacker with the stolen key can impersonate the server "
				     "to these clients.",
			.help = "Clients of this class need a policy that checks revocation status "
				"and rejects revoked certificates, or certificates with such a "
				"short lifetime that revocation does not matter. Must-staple helps "
				"only clients that support the extension.",
		},
	[SARIF_BLIND] =
		{
			.id = "revoscope/blind",
			.name = "Blind",
			.level = "note",
			.short_text = "A client class connected without knowing the status and "
				      "without a warning.",
			.full_text = "No source had a revocation status for this client; it "
				     "connected without a warning.",
			.help = "A soft-fail policy does this by design. Where it is not "
				"acceptable, choose a policy that warns or rejects, and keep the "
				"staple fresh so that it does not have to.",
		},
	[SARIF_NO_VERDICT] =
		{
			.id = "revoscope/no-verdict",
			.name = "NoVerdict",
			.level = "error",
			.short_text = "A cell has no verdict.",
			.full_text = "The connection failed for a cause other than certificate or "
				     "revocation status, or the client program crashed, hung or "
				     "violated the protocol.",
			.help = "The detail names the cause. Run the cell again with `--evidence` "
				"to save the output of the client program.",
		},
	[SARIF_STALE_DEVIATION] =
		{
			.id = "revoscope/stale-deviation",
			.name = "StaleDeviation",
			.level = "warning",
			.short_text = "A known deviation no longer occurs.",
			.full_text =
				"Every cell of the deviation was run and none of them matched it.",
			.help = "Remove the deviation from its file: the stack was fixed, or the "
				"entry hides a different fault.",
		},
};

json_t *sarif_rule_to_json(const struct sarif_rule *rule)
{
	return json_pack("{s:s, s:s, s:{s:s}, s:{s:s}, s:{s:s, s:s}, s:{s:s}}", "id", rule->id,
			 "name", rule->name, "shortDescription", "text", rule->short_text,
			 "fullDescription", "text", rule->full_text, "help", "text", rule->help,
			 "markdown", rule->help, "defaultConfiguration", "level", rule->level);
}

const char *sarif_cause_level(enum severity severity)
{
	return severity == SEVERITY_CRITICAL  ? "error"
	       : severity == SEVERITY_WARNING ? "warning"
					      : "note";
}

/* "staple-stale" becomes "StapleStale". */
static void make_name(char *out, size_t size, const char *id)
{
	size_t len = 0;
	bool starts = true;
	for (; *id != '\0' && len + 1 < size; id++) {
		if (*id == '-') {
			starts = true;
			continue;
		}
		out[len++] = (char)(starts ? toupper((unsigned char)*id) : *id);
		starts = false;
	}
	out[len] = '\0';
}

json_t *sarif_cause_to_json(enum cause cause)
{
	const struct cause_about *about = cause_about(cause);
	char id[96], name[96], title[128], help[512];
	snprintf(id, sizeof id, SARIF_CAUSE_PREFIX "%s", about->id);
	snprintf(title, sizeof title, "%s.", about->title);
	snprintf(help, sizeof help, "When fixed: %s", about->afterwards);
	make_name(name, sizeof name, about->id);
	struct sarif_rule rule = {
		.id = id,
		.name = name,
		.level = "warning", /* how bad it is depends on the certificate: see the result */
		.short_text = title,
		.full_text = about->text,
		.help = help,
	};
	return sarif_rule_to_json(&rule);
}
