/* SPDX-License-Identifier: Apache-2.0 */
#include "audio/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Private memory that may be written to: many times what two hours take (64 MB resident). */
#define MAX_DATA_BYTES (512UL * 1024 * 1024)
#define MAX_OPEN_FILES 256

/* The address sanitizer reserves memory without end and looks for leaks from a process of its own:
 * its builds go without those two limits. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED TRUE
#else
#define IS_SANITIZED FALSE
#endif

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		g_debug("%s: %s", path, g_strerror(errno));
	close(fd);
}

gboolean
loa_jail_leave_network(void)
{
	const uid_t uid = geteuid();
	const gid_t gid = getegid();
	char map[64];

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return FALSE;
	/* the same user inside, so that files are made as before */
	write_file("/proc/self/setgroups", "deny");
	g_snprintf(map, sizeof map, "%u %u 1", uid, uid);
	write_file("/proc/self/uid_map", map);
	g_snprintf(map, sizeof map, "%u %u 1", gid, gid);
	write_file("/proc/self/gid_map", map);
	return TRUE;
}

static gboolean
limit(int what, rlim_t value)
{
	struct rlimit now;

	if (getrlimit(what, &now) != 0)
		return FALSE;
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
		value = now.rlim_max;
	return setrlimit(what, &(struct rlimit){ value, value }) == 0;
}

gboolean
loa_jail_limit(const LoaJailLimits *limits)
{
	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, MAX_OPEN_FILES) &&
	       limit(RLIMIT_CPU, limits->cpu_s) && limit(RLIMIT_FSIZE, limits->max_file_bytes) &&
	       (IS_SANITIZED || limit(RLIMIT_DATA, MAX_DATA_BYTES));
}

/* Whoever has one of these reaches beyond its own files: other machines, other processes, the
 * kernel's darker corners. A name that this architecture does not have is nobody's loss. */
static const char *const refused[] = {
	"socket",
	"connect",
	"bind",
	"listen",
	"accept",
	"accept4",
	"sendto",
	"sendmsg",
	"sendmmsg",
	"execve",
	"execveat",
	"fork",
	"vfork",
	"kill",
	"tkill",
	"pidfd_open",
	"pidfd_getfd",
	"pidfd_send_signal",
	"rt_sigqueueinfo",
	"rt_tgsigqueueinfo",
	"process_vm_readv",
	"process_vm_writev",
	"unshare",
	"setns",
	"mount",
	"umount2",
	"pivot_root",
	"chroot",
	"bpf",
	"perf_event_open",
	"userfaultfd",
	"io_uring_setup",
	"io_uring_enter",
	"io_uring_register",
	"keyctl",
	"add_key",
	"request_key",
	"open_by_handle_at",
	"init_module",
	"finit_module",
	"kexec_load",
	"memfd_secret",
	"ptrace",
	/* by a name, what Landlock does not guard (truncate: in the kernels before 6.2) */
	"truncate",
	"truncate64",
	"chmod",
	"fchmodat",
	"fchmodat2",
	"chown",
	"lchown",
	"fchownat",
	"setxattr",
	"lsetxattr",
	"removexattr",
	"lremovexattr",
};

static gboolean
refuse(scmp_filter_ctx filter, const char *name)
{
	int number = seccomp_syscall_resolve_name(name);

	if (number == __NR_SCMP_ERROR)
		return TRUE;
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0) == 0;
}

static gboolean
add_rules(scmp_filter_ctx filter)
{
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++)
		if (!(IS_SANITIZED && strcmp(refused[i], "ptrace") == 0) &&
		    !refuse(filter, refused[i]))
			return FALSE;
	if (IS_SANITIZED)
		return TRUE;
	/* threads, but no processes; clone3 hides its flags in memory, and the C library does
	 * without */
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0 &&
	       seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
	       /* a signal only to a thread of this process: abort() uses it */
	       seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1,
				SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid())) == 0;
}

gboolean
loa_jail_lock(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	gboolean ok;

	if (filter == NULL)
		return FALSE;
	/* sets no_new_privs as well; all threads that GStreamer has by now are bound, too */
	ok = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 1) == 0 &&
	     seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 && add_rules(filter) &&
	     seccomp_load(filter) == 0;
	seccomp_release(filter);
	return ok;
}
