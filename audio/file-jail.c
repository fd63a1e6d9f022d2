/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/file-jail.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* By number: Debian 12's headers are of Linux 6.1, which does not know it yet. */
#define ACCESS_TRUNCATE (1ULL << 14)
#define ABI_WITH_REFER 2
#define ABI_WITH_TRUNCATE 3

#define READ_ACCESS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_ACCESS                                                                               \
	(READ_ACCESS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |            \
	 LANDLOCK_ACCESS_FS_MAKE_REG)
/* all rights of the first version: what is not named here is not guarded */
#define GUARDED_ACCESS (LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1)

/* The sanitizers read /proc when they report. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED TRUE
#else
#define IS_SANITIZED FALSE
#endif

/* Where decoders, what they are linked with and what those read at their start lie. */
static const char *const system_paths[] = {
	"/usr/lib",       "/usr/lib32",
	"/usr/lib64",     "/usr/libexec",
	"/usr/local/lib", "/usr/share",
	"/lib",           "/lib64",
	"/dev/urandom",   "/etc/ld.so.cache",
	"/etc/localtime", "/sys/devices/system/cpu",
	"/dev/null",      "/proc/sys/vm/overcommit_memory",
};

/* Folders with GStreamer's plugins where somebody has set them. */
static const char *const path_variables[] = {
	"GST_PLUGIN_PATH",
	"GST_PLUGIN_PATH_1_0",
	"GST_PLUGIN_SYSTEM_PATH",
	"GST_PLUGIN_SYSTEM_PATH_1_0",
};

/* A path that is not there needs no rule. */
static gboolean
allow(int rules, const char *path, guint64 access)
{
	struct landlock_path_beneath_attr beneath = { .allowed_access = access };
	struct stat st;
	gboolean ok = TRUE;

	beneath.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (beneath.parent_fd < 0)
		return TRUE;
	/* rights of folders cannot be given for a file */
	if (fstat(beneath.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		beneath.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE;
	ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
	close(beneath.parent_fd);
	return ok;
}

static gboolean
allow_plugins(int rules)
{
	gboolean ok = TRUE;

	for (gsize i = 0; i < G_N_ELEMENTS(path_variables); i++) {
		const char *value = g_getenv(path_variables[i]);
		g_auto(GStrv) folders = g_strsplit(value != NULL ? value : "", ":", 64);

		for (gsize k = 0; folders[k] != NULL; k++)
			ok = ok && (folders[k][0] == '\0' || allow(rules, folders[k], READ_ACCESS));
	}
	return ok;
}

static gboolean
fill(int rules, const LoaFileJail *jail, guint64 write_access)
{
	gboolean ok = allow_plugins(rules);

	for (gsize i = 0; i < G_N_ELEMENTS(system_paths); i++)
		ok = ok && allow(rules, system_paths[i], READ_ACCESS);
	if (jail->readable != NULL)
		ok = ok && allow(rules, jail->readable, READ_ACCESS);
	for (gsize i = 0; jail->writable[i] != NULL; i++)
		ok = ok && allow(rules, jail->writable[i], write_access);
	return ok;
}

gboolean
loa_file_jail_enter(const LoaFileJail *jail)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	guint64 more = (abi >= ABI_WITH_REFER ? LANDLOCK_ACCESS_FS_REFER : 0) |
		       (abi >= ABI_WITH_TRUNCATE ? ACCESS_TRUNCATE : 0);
	struct landlock_ruleset_attr guarded = { .handled_access_fs = GUARDED_ACCESS | more };
	int rules;
	gboolean ok;

	if (IS_SANITIZED)
		return TRUE;
	if (abi < 1)
		return FALSE;
	/* programs are seccomp's affair (jail.h), and a folder mapped for execution is none */
	guarded.handled_access_fs &= ~(guint64)LANDLOCK_ACCESS_FS_EXECUTE;
	rules = (int)syscall(SYS_landlock_create_ruleset, &guarded, sizeof guarded, 0);
	if (rules < 0)
		return FALSE;
	ok = fill(rules, jail, WRITE_ACCESS | (more & ACCESS_TRUNCATE)) &&
	     prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	     syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return ok;
}
