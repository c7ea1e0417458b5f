/*
 * What a client program writes to stderr when memory runs out, so that the harness knows it also of
 * one that does not live to answer: some libraries end the process then. Lines of their own; the
 * last one counts.
 */
#ifndef CORE_MEMORY_NOTICE_H
#define CORE_MEMORY_NOTICE_H

#define MEMORY_NOTICE_FAILED   "revoscope: memory ran out\n"
#define MEMORY_NOTICE_ANSWERED "revoscope: memory ran out, and was answered\n"

#endif
