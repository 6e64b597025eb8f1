/* A stand-in for NVIDIA's management library, so that the real client can be tested without a GPU.
 *
 * Signatures and numbers follow the public NVML API reference. It pretends what these settings say; each
 * is a line NAME=VALUE of the file that FAKENVML_FILE names (read again at every call, so a test can change
 * the machine under a running process), or else an environment variable:
 *
 *   FAKENVML_GPUS=8            how many GPUs (default 1)
 *   FAKENVML_USED=100,2000     used memory of each in MiB; the last one counts for the rest (default 0)
 *   FAKENVML_TOTAL=81920       memory of each in MiB, likewise
 *   FAKENVML_UTIL=97,0         utilization of each in percent, likewise
 *   FAKENVML_NAME=NVIDIA X     the name of all
 *   FAKENVML_OTHER=NVIDIA Y    the name of the last one
 *   FAKENVML_MIG=1:2           GPU 1 is cut into 2 MIG devices
 *   FAKENVML_PROCS=0:1234:512  processes, gpu:pid:MiB or gpu:pid:- (unknown memory), commas between
 *   FAKENVML_BUSY=0:1234:55    what of a GPU a process kept busy in its last sample, gpu:pid:percent
 *   FAKENVML_FAN=30,40         speed of the fan of each GPU in percent (default: no fan)
 *   FAKENVML_THROTTLE=0,68     what holds the clocks of each GPU back, as NVML's bit mask (default 0)
 *   FAKENVML_ECC=0,2           uncorrected memory errors of each GPU (default 0)
 *   FAKENVML_FAIL=nvmlDeviceGetName:3,nvmlDeviceGetHandleByIndex_v2@1:15
 *                              the function (on GPU 1 only) answers with the NVML error of that number
 *   FAKENVML_HANG=nvmlInitWithFlags
 *                              the function never returns
 *
 * Compiled with -DOLD_DRIVER it lacks the functions that older drivers lack.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long long u64;
typedef struct device *device_t;

enum { OK = 0, INVALID = 2, UNSUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7 };

/* A handle is 1 + gpu, or 1000 * (1 + gpu) + 1 + slice for a MIG device. */
static int is_mig(device_t d) { return (long)d >= 1000; }
static int gpu_of(device_t d) { return is_mig(d) ? (int)((long)d / 1000) - 1 : (int)(long)d - 1; }
static int slice_of(device_t d) { return (int)((long)d % 1000) - 1; }

static const char *setting(const char *name, const char *fallback)
{
    static char value[16][4096];
    static int turn;
    const char *path = getenv("FAKENVML_FILE");
    if (path) {
        FILE *file = fopen(path, "r");
        char line[4096];
        size_t n = strlen(name);
        while (file && fgets(line, sizeof line, file)) {
            if (!strncmp(line, name, n) && line[n] == '=') {
                char *slot = value[turn++ % 16];
                line[strcspn(line, "\n")] = 0;
                strcpy(slot, line + n + 1);
                fclose(file);
                return slot;
            }
        }
        if (file)
            fclose(file);
    }
    const char *given = getenv(name);
    return given ? given : fallback;
}

/* The index-th number of a comma-separated list; the last one counts for all after it. */
static long nth(const char *list, int index)
{
    while (index-- > 0) {
        const char *comma = strchr(list, ',');
        if (!comma)
            break;
        list = comma + 1;
    }
    return atol(list);
}

static int verdict(const char *function, int gpu)
{
    char buffer[4096], *rest, *item;
    strncpy(buffer, setting("FAKENVML_HANG", ""), sizeof buffer - 1);
    if (!strcmp(buffer, function))
        for (;;)
            pause();
    strncpy(buffer, setting("FAKENVML_FAIL", ""), sizeof buffer - 1);
    buffer[sizeof buffer - 1] = 0;
    for (item = strtok_r(buffer, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
        char *colon = strrchr(item, ':'), *at = strchr(item, '@');
        if (!colon)
            continue;
        *colon = 0;
        if (at)
            *at = 0;
        if (!strcmp(item, function) && (!at || atoi(at + 1) == gpu))
            return atoi(colon + 1);
    }
    return OK;
}

#define CHECK(gpu) do { int v = verdict(__func__, gpu); if (v) return v; } while (0)

static int gpus(void) { return atoi(setting("FAKENVML_GPUS", "1")); }

static int slices(int gpu)
{
    const char *mig = setting("FAKENVML_MIG", "");
    int which, count;
    return sscanf(mig, "%d:%d", &which, &count) == 2 && which == gpu ? count : 0;
}

int nvmlInitWithFlags(unsigned flags) { (void)flags; CHECK(-1); return OK; }
int nvmlInit_v2(void) { return nvmlInitWithFlags(0); }
int nvmlShutdown(void) { return OK; }
const char *nvmlErrorString(int code) { return code == 27 ? "Not Ready" : "Some Error"; }

int nvmlSystemGetDriverVersion(char *text, unsigned size) { CHECK(-1); snprintf(text, size, "570.86.15"); return OK; }
int nvmlSystemGetCudaDriverVersion_v2(int *version) { CHECK(-1); *version = 12080; return OK; }

int nvmlDeviceGetCount_v2(unsigned *count) { CHECK(-1); *count = (unsigned)gpus(); return OK; }

int nvmlDeviceGetHandleByIndex_v2(unsigned index, device_t *d)
{
    CHECK((int)index);
    if ((int)index >= gpus())
        return INVALID;
    *d = (device_t)(long)(index + 1);
    return OK;
}

int nvmlDeviceGetName(device_t d, char *text, unsigned size)
{
    CHECK(gpu_of(d));
    const char *name = setting("FAKENVML_NAME", "NVIDIA H100 80GB HBM3");
    if (gpu_of(d) == gpus() - 1)
        name = setting("FAKENVML_OTHER", name);
    snprintf(text, size, "%s%s", name, is_mig(d) ? " MIG 1g.10gb" : "");
    return OK;
}

int nvmlDeviceGetUUID(device_t d, char *text, unsigned size)
{
    CHECK(gpu_of(d));
    if (is_mig(d))
        snprintf(text, size, "MIG-%08x-0000-5000-8000-%012x", gpu_of(d), slice_of(d));
    else
        snprintf(text, size, "GPU-%08x-0000-4000-8000-000000000000", 0xa0 + gpu_of(d));
    return OK;
}

static u64 mib(long n) { return (u64)n << 20; }
static u64 total_of(device_t d)
{
    u64 total = mib(nth(setting("FAKENVML_TOTAL", "81920"), gpu_of(d)));
    return is_mig(d) ? total / 8 : total;
}
static u64 used_of(device_t d)
{
    u64 used = mib(nth(setting("FAKENVML_USED", "0"), gpu_of(d)));
    return is_mig(d) ? (slice_of(d) ? 0 : used / 8) : used;
}

struct memory { u64 total, free, used; };
int nvmlDeviceGetMemoryInfo(device_t d, struct memory *m)
{
    CHECK(gpu_of(d));
    m->total = total_of(d);
    m->used = used_of(d);
    m->free = m->total - m->used;
    return OK;
}

struct utilization { unsigned gpu, memory; };
int nvmlDeviceGetUtilizationRates(device_t d, struct utilization *u)
{
    CHECK(gpu_of(d));
    if (is_mig(d) || slices(gpu_of(d)))
        return UNSUPPORTED;
    u->gpu = (unsigned)nth(setting("FAKENVML_UTIL", "0"), gpu_of(d));
    u->memory = u->gpu / 2;
    return OK;
}

int nvmlDeviceGetTemperature(device_t d, int sensor, unsigned *degrees)
{
    (void)sensor;
    CHECK(gpu_of(d));
    if (is_mig(d))
        return UNSUPPORTED;
    *degrees = 40 + (unsigned)gpu_of(d);
    return OK;
}

int nvmlDeviceGetPowerUsage(device_t d, unsigned *milliwatts)
{
    CHECK(gpu_of(d));
    if (is_mig(d))
        return UNSUPPORTED;
    *milliwatts = 100500 + 1000 * (unsigned)nth(setting("FAKENVML_UTIL", "0"), gpu_of(d));
    return OK;
}

int nvmlDeviceGetEnforcedPowerLimit(device_t d, unsigned *milliwatts)
{
    CHECK(gpu_of(d));
    if (is_mig(d))
        return UNSUPPORTED;
    *milliwatts = 700000;
    return OK;
}

int nvmlDeviceGetClockInfo(device_t d, int type, unsigned *mhz)
{
    CHECK(gpu_of(d));
    if (is_mig(d))
        return UNSUPPORTED;
    *mhz = type == 2 ? 2619 : 1980;
    return OK;
}

int nvmlDeviceGetFanSpeed(device_t d, unsigned *percent)
{
    CHECK(gpu_of(d));
    const char *fan = setting("FAKENVML_FAN", "");
    if (is_mig(d) || !*fan)
        return UNSUPPORTED;
    *percent = (unsigned)nth(fan, gpu_of(d));
    return OK;
}

int nvmlDeviceGetCurrentClocksThrottleReasons(device_t d, u64 *reasons)
{
    CHECK(gpu_of(d));
    if (is_mig(d))
        return UNSUPPORTED;
    *reasons = (u64)nth(setting("FAKENVML_THROTTLE", "0"), gpu_of(d));
    return OK;
}

int nvmlDeviceGetTotalEccErrors(device_t d, int type, int counter, u64 *count)
{
    CHECK(gpu_of(d));
    if (is_mig(d))
        return UNSUPPORTED;
    *count = type == 1 && counter == 0 ? (u64)nth(setting("FAKENVML_ECC", "0"), gpu_of(d)) : 99;
    return OK;
}

int nvmlDeviceGetMigMode(device_t d, unsigned *current, unsigned *pending)
{
    CHECK(gpu_of(d));
    *current = *pending = slices(gpu_of(d)) > 0;
    return OK;
}

int nvmlDeviceGetMaxMigDeviceCount(device_t d, unsigned *count)
{
    CHECK(gpu_of(d));
    *count = 7;
    return OK;
}

int nvmlDeviceGetMigDeviceHandleByIndex(device_t d, unsigned index, device_t *mig)
{
    CHECK(gpu_of(d));
    if ((int)index >= slices(gpu_of(d)))
        return NOT_FOUND;
    *mig = (device_t)(1000L * (1 + gpu_of(d)) + 1 + (long)index);
    return OK;
}

struct process { unsigned pid; u64 used; unsigned gpu_instance, compute_instance; };

static int list_processes(int gpu, unsigned *room, struct process *out)
{
    char buffer[4096], *rest, *item;
    unsigned n = 0;
    strncpy(buffer, setting("FAKENVML_PROCS", ""), sizeof buffer - 1);
    buffer[sizeof buffer - 1] = 0;
    for (item = strtok_r(buffer, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
        int g;
        unsigned pid;
        char amount[32];
        if (sscanf(item, "%d:%u:%31s", &g, &pid, amount) != 3 || g != gpu)
            continue;
        if (out && n < *room) {
            out[n].pid = pid;
            out[n].used = amount[0] == '-' ? ~0ULL : mib(atol(amount));
            out[n].gpu_instance = out[n].compute_instance = ~0u;
        }
        n++;
    }
    if (n > *room || (n && !out)) {
        *room = n;
        return TOO_SMALL;
    }
    *room = n;
    return OK;
}

int nvmlDeviceGetComputeRunningProcesses_v2(device_t d, unsigned *n, struct process *p)
{
    CHECK(gpu_of(d));
    return list_processes(gpu_of(d), n, p);
}

int nvmlDeviceGetGraphicsRunningProcesses_v2(device_t d, unsigned *n, struct process *p)
{
    CHECK(gpu_of(d));
    (void)p;
    *n = 0;
    return OK;
}

struct busy { unsigned pid; u64 time; unsigned sm, memory, encoder, decoder; };

/* Each process has two samples, the newer one first: only that counts. */
int nvmlDeviceGetProcessUtilization(device_t d, struct busy *out, unsigned *room, u64 since)
{
    char buffer[4096], *rest, *item;
    unsigned n = 0;
    CHECK(gpu_of(d));
    if (is_mig(d))
        return UNSUPPORTED;
    strncpy(buffer, setting("FAKENVML_BUSY", ""), sizeof buffer - 1);
    buffer[sizeof buffer - 1] = 0;
    for (item = strtok_r(buffer, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
        int g;
        unsigned pid, percent;
        if (sscanf(item, "%d:%u:%u", &g, &pid, &percent) != 3 || g != gpu_of(d))
            continue;
        for (int old = 0; old < 2; old++, n++)
            if (out && n < *room) {
                memset(&out[n], 0, sizeof out[n]);
                out[n].pid = pid;
                out[n].time = since + (old ? 1 : 2);
                out[n].sm = old ? 1 : percent;
            }
    }
    if (!n)
        return NOT_FOUND;
    int small = !out || n > *room;
    *room = n;
    return small ? TOO_SMALL : OK;
}

#ifndef OLD_DRIVER
int nvmlDeviceGetCurrentClocksEventReasons(device_t d, u64 *reasons)
{
    CHECK(gpu_of(d));
    return nvmlDeviceGetCurrentClocksThrottleReasons(d, reasons);
}

struct memory_v2 { unsigned version; u64 total, reserved, free, used; };
int nvmlDeviceGetMemoryInfo_v2(device_t d, struct memory_v2 *m)
{
    CHECK(gpu_of(d));
    m->total = total_of(d);
    m->reserved = is_mig(d) ? 0 : mib(500);
    m->used = used_of(d);
    m->free = m->total - m->used - m->reserved;
    return OK;
}

struct temperature { unsigned version; int sensor, degrees; };
int nvmlDeviceGetTemperatureV(device_t d, struct temperature *t)
{
    CHECK(gpu_of(d));
    if (is_mig(d))
        return UNSUPPORTED;
    t->degrees = 40 + gpu_of(d);
    return OK;
}

int nvmlDeviceGetComputeRunningProcesses_v3(device_t d, unsigned *n, struct process *p)
{
    CHECK(gpu_of(d));
    return list_processes(gpu_of(d), n, p);
}

int nvmlDeviceGetGraphicsRunningProcesses_v3(device_t d, unsigned *n, struct process *p)
{
    return nvmlDeviceGetGraphicsRunningProcesses_v2(d, n, p);
}
#endif
