/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decoder that a crafted file has taken over: loaded before everything else, it stands in for a
 * function of the loudness library, which runs in the middle of an ingest. It tries what such code
 * would try, and writes what it got, a line each, to the file that HOSTILE_REPORT names:
 *
 *	socket-inet EPERM
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void *ebur128_init(unsigned int channels, unsigned long rate, int mode);

static void
report(FILE *out, const char *what, long result)
{
	fprintf(out, "%s %s\n", what, result < 0 ? strerrorname_np(errno) : "done");
	fflush(out);
}

static void
try_network(FILE *out)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(1) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	report(out, "socket-inet", fd);
	report(out, "socket-inet6", socket(AF_INET6, SOCK_DGRAM, 0));
	report(out, "socket-unix", socket(AF_UNIX, SOCK_STREAM, 0));
	report(out, "socket-netlink", socket(AF_NETLINK, SOCK_RAW, 0));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	report(out, "connect", connect(0, (struct sockaddr *)&address, sizeof address));
	report(out, "io-uring", syscall(SYS_io_uring_setup, 1, NULL));
}

static void
try_programs(FILE *out)
{
	char *const argv[] = { "true", NULL };
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	report(out, "fork", pid);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	report(out, "exec", execve("/bin/true", argv, NULL));
}

static void
try_others(FILE *out)
{
	report(out, "kill-parent", kill(getppid(), 0));
	report(out, "ptrace", ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
	report(out, "unshare", unshare(CLONE_NEWNS));
	report(out, "mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL));
}

/* HOSTILE_SECRET names a file such as the site's key, in the folder that is written in. */
static void
try_files(FILE *out)
{
	const char *secret = getenv("HOSTILE_SECRET");
	char beside[PATH_MAX];

	snprintf(beside, sizeof beside, "%s.new", secret != NULL ? secret : "/tmp/secret");
	report(out, "read-passwd", open("/etc/passwd", O_RDONLY));
	report(out, "read-parent", open("/proc/self/environ", O_RDONLY));
	report(out, "list-root", open("/", O_RDONLY | O_DIRECTORY));
	report(out, "make-beside", open(beside, O_WRONLY | O_CREAT, 0600));
	report(out, "make-in-tmp", open("/tmp/loa-hostile", O_WRONLY | O_CREAT, 0600));
	if (secret == NULL)
		return;
	report(out, "read-secret", open(secret, O_RDONLY));
	report(out, "write-secret", open(secret, O_WRONLY));
	report(out, "truncate-secret", truncate(secret, 0));
	report(out, "chmod-secret", chmod(secret, 0644));
	report(out, "rename-secret", rename(secret, beside));
	report(out, "remove-secret", unlink(secret));
}

static void *
in_a_thread(void *data)
{
	report(data, "thread-socket", socket(AF_INET, SOCK_STREAM, 0));
	report(data, "thread-read", open("/etc/passwd", O_RDONLY));
	return NULL;
}

static void
try_resources(FILE *out)
{
	const struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };
	void *memory =
		mmap(NULL, 1UL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct rlimit core = { 1, 1 };

	report(out, "memory", memory == MAP_FAILED ? -1 : 0);
	if (getrlimit(RLIMIT_CORE, &core) == 0)
		fprintf(out, "core %ld\n", (long)core.rlim_max);
	/* as an ordinary user; root's capabilities are those of an empty user namespace */
	report(out, "raise-limit", setrlimit(RLIMIT_CORE, &more));
}

static FILE *report_file;

/* Before the program gives up its rights: a constructor. */
__attribute__((constructor)) static void
open_report(void)
{
	const char *path = getenv("HOSTILE_REPORT");

	report_file = path != NULL ? fopen(path, "ae") : NULL;
}

void *
ebur128_init(unsigned int channels, unsigned long rate, int mode)
{
	void *(*real)(unsigned int, unsigned long, int) = dlsym(RTLD_NEXT, "ebur128_init");
	FILE *out = report_file;
	pthread_t thread;

	if (out != NULL) {
		try_network(out);
		try_files(out);
		try_others(out);
		try_resources(out);
		if (pthread_create(&thread, NULL, in_a_thread, out) == 0)
			pthread_join(thread, NULL);
		try_programs(out);
		fclose(out);
		report_file = NULL;
	}
	return real(channels, rate, mode);
}
