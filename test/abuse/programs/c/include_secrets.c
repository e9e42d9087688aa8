/* What may be read is only the guest's: its own empty input, its own environment. */
#include "/dev/stdin"
#include "/proc/self/fd/0"
#if __has_include("/proc/1/environ") || __has_include("/proc/1/mem") || __has_include("/proc/1/root/init")
#error "found: PID 1"
#elif __has_include("/../init") || __has_include("/../modules/order") || __has_include("/proc/self/root/init")
#error "found: above the root"
#elif __has_include("/dev/vda") || __has_include("/dev/mem") || __has_include("/dev/kmsg") || __has_include("/dev/vport0p1")
#error "found: devices"
#else
#warning "nothing found"
#endif
#pragma GCC pch_preprocess "/etc/shadow"
_Pragma("GCC dependency \"/etc/shadow\"")
#line 1 "/etc/shadow"
#include "/etc/shadow"
