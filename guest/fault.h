/* The reason of the latest failure, in words for the host. */
#ifndef TVM_FAULT_H
#define TVM_FAULT_H

#include <stdbool.h>

/** Records a printf-style reason, with the text of `error` (an errno value) when it is not 0. Always returns false. */
bool fault(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Returns the reason recorded last. */
const char *fault_text(void);

#endif
