// Fibonacci by double recursion: calls and returns, and hardly anything else.
#include "kernel.h"

// Otherwise the compiler turns one of the two calls into a loop.
__attribute__((disable_tail_calls)) NOINLINE static u32 fib(u32 n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

u64 run(u32 n) { return fib(n); }
