/* Knows which commands there are. */
#include "harness/cli/commands.h"

/* clang-format off */
const struct command command_table[] = {
	{"run", "the lab's scenarios, every client class, the matrix", cmd_run, &cmd_run_argp},
	{"probe", "real endpoints, every client class, the matrix", cmd_probe, &cmd_probe_argp},
	{"doctor", "what is wrong at an endpoint, why, and how to fix it", cmd_doctor, &cmd_doctor_argp},
	{"diff", "differences between two runs", cmd_diff, &cmd_diff_argp},
	{"retest", "repeat a saved run and show differences", cmd_retest, &cmd_retest_argp},
	{"advise", "whether must-staple is safe for your clients", cmd_advise, &cmd_advise_argp},
	{"report", "a saved run, or a result document, in another format", cmd_report, &cmd_report_argp},
	{"verify", "how each stack validates an OCSP response or a CRL", cmd_verify, &cmd_verify_argp},
	{"lab", "run the lab's servers for any client", cmd_lab, &cmd_lab_argp},
	{"list", "scenarios, classes, policies, stacks, reasons, causes, saved runs", cmd_list, &cmd_list_argp},
	{"explain", "explain a scenario, class, policy, reason or cell", cmd_explain, &cmd_explain_argp},
	{"schema", "the JSON Schemas of results, scenarios and classes", cmd_schema, &cmd_schema_argp},
};
/* clang-format on */
const size_t num_commands = sizeof command_table / sizeof *command_table;
