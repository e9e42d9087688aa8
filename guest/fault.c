#include "fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char text[512];

bool fault(int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (error != 0) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, ": %s", strerror(error));
    }
    return false;
}

const char *fault_text(void)
{
    return text;
}
