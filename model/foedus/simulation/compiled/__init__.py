"""The rules compiled: the kernel, its machine code and the threads that call it."""
