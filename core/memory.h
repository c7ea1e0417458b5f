/*
 * Whether memory ran out in this thread. What fails for want of memory says so here, however its
 * failure is passed on, so that it is never taken for a finding.
 */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include <stdbool.h>

/* Notes that an allocation failed. */
void memory_note_lack(void);

/* Whether one has failed in this thread since memory_forget_lack. */
bool memory_lacks(void);
void memory_forget_lack(void);

#endif
