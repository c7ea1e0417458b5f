/*
 * Which of the certificates that a list of test vectors names belong to the path of a certificate,
 * by their names alone: whether one signed another is for the stacks to say.
 */
#ifndef HARNESS_VERIFY_CERTIFICATE_PATH_H
#define HARNESS_VERIFY_CERTIFICATE_PATH_H

#include "harness/verify/der_input.h"

/* Whether a list has a certificate. */
bool path_has(const struct blob_list *list, const struct blob *certificate);

/* Puts those of a list behind those of the path, which borrows them: free its items alone. False
 * without memory. */
bool path_join(struct blob_list *path, const struct blob_list *list);

/*
 * Joins what belongs to the path of the other certificates: those that one of the path names as its
 * issuer, and so on up to the anchors, which are left out. All of them when the path has a gap
 * nevertheless, since stacks compare names in other ways than byte for byte. False without memory.
 */
bool path_extend(struct blob_list *path, const struct blob_list *others,
		 const struct blob_list *anchors);

#endif
