/* Preloaded into pw.x and ph.x: FFTW's plans are measured (FFTW_PATIENT), not estimated, and remembered in $FFTW_WISDOM.

   Half of a DFPT calculation are Fourier transforms; for some grids (NaCl's 40 x 40 x 40) the estimated plans take twice the time.
   Rounding apart the numbers are the same.
   cc -O2 -shared -fPIC fftw_measure.c -o fftw_measure.so -ldl; LD_PRELOAD=fftw_measure.so FFTW_WISDOM=wisdom ph.x */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ESTIMATE = 1 << 6, PATIENT = 1 << 5, ALIGNMENT = 64, MAX_RANK = 3 };
typedef void *(*planner)(int rank, const int *n, int howmany, void *in, const int *inembed, int istride, int idist,
                         void *out, const int *onembed, int ostride, int odist, int sign, unsigned flags);
typedef int (*wisdom_file)(const char *path);

static planner plan_many;
static const char *wisdom;

static void save_wisdom(void) {
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s.%d", wisdom, (int)getpid());
    if (((wisdom_file)dlsym(RTLD_NEXT, "fftw_export_wisdom_to_filename"))(temporary)) rename(temporary, wisdom);
}

static void start(void) {
    plan_many = (planner)dlsym(RTLD_NEXT, "fftw_plan_many_dft");
    wisdom = getenv("FFTW_WISDOM");
    if (!wisdom) return;
    ((wisdom_file)dlsym(RTLD_NEXT, "fftw_import_wisdom_from_filename"))(wisdom);
    atexit(save_wisdom);
}

static size_t bytes(int rank, const int *n, const int *embed, int howmany, int stride, int distance) {
    size_t points = n[0];
    for (int i = 1; i < rank; i++) points *= embed[i];
    return 16 * ((points + 1) * stride + (size_t)(howmany - 1) * distance);
}

/* Room with the same alignment as the caller's array: measuring overwrites it. */
static char *scratch(size_t size, const void *like) {
    void *p;
    if (posix_memalign(&p, ALIGNMENT, size + ALIGNMENT)) abort();
    memset(p, 0, size + ALIGNMENT);
    return (char *)p + (uintptr_t)like % ALIGNMENT;
}

/* FFTW's Fortran interface: everything by reference, dimensions in reverse order. */
void dfftw_plan_many_dft_(void **plan, const int *rank, const int *n, const int *howmany, void *in, const int *inembed, const int *istride,
                          const int *idist, void *out, const int *onembed, const int *ostride, const int *odist, const int *sign, const int *flags) {
    int size[MAX_RANK], in_size[MAX_RANK], out_size[MAX_RANK], r = *rank;
    if (r > MAX_RANK) abort();
    for (int i = 0; i < r; i++) size[i] = n[r - 1 - i], in_size[i] = inembed[r - 1 - i], out_size[i] = onembed[r - 1 - i];
    if (!plan_many) start();
    size_t a = bytes(r, size, in_size, *howmany, *istride, *idist), b = bytes(r, size, out_size, *howmany, *ostride, *odist);
    char *x = scratch(a > b ? a : b, in), *y = in == out ? x : scratch(b, out);
    *plan = plan_many(r, size, *howmany, x, in_size, *istride, *idist, y, out_size, *ostride, *odist, *sign, (*flags & ~ESTIMATE) | PATIENT);
    if (y != x) free(y - (uintptr_t)out % ALIGNMENT);
    free(x - (uintptr_t)in % ALIGNMENT);
}
