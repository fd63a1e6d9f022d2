/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audio/file-jail.h - which files a program may still open: with Landlock (Linux 5.13, Debian 12
 * has it), by folders. Beside jail.h, which takes the network and other processes away.
 *
 * Before any other thread is made: Landlock binds the thread that asks, and those it makes later.
 * Afterwards the program reads the system's libraries (decoders are loaded when a file needs them)
 * and what it was given, writes in the folders it was given, and opens nothing else: neither the
 * site's key, nor the database, nor what lies in other users' folders. It cannot leave again.
 *
 * What is open already stays open, and names can still be looked up (stat).
 */
#pragma once

#include <gio/gio.h>

typedef struct {
	const char *readable;        /* (nullable): a file or a folder */
	const char *const *writable; /* folders, NULL-terminated: files may be made, changed
				      * and removed in them */
} LoaFileJail;

/* %FALSE: this system cannot, and everything may be opened as before. */
gboolean loa_file_jail_enter(const LoaFileJail *jail) G_GNUC_WARN_UNUSED_RESULT;
