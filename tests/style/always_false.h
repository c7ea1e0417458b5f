/*
 * For clang-tidy alone: that these functions always return false is written in their
 * headers, but the analyser sees one file at a time and would follow paths on which
 * they do not.
 */
#include "core/error.h"
#include "harness/config/yaml.h"

#define error_set(...)       (error_set(__VA_ARGS__), false)
#define error_set_errno(...) (error_set_errno(__VA_ARGS__), false)
#define error_prefix(...)    (error_prefix(__VA_ARGS__), false)
#define error_add(...)       (error_add(__VA_ARGS__), false)
#define yaml_fault(...)      (yaml_fault(__VA_ARGS__), false)
