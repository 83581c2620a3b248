/* The trials of `frame.c` on a graphics processor, one a thread. Follows the translated rules. */

#include <stdio.h>

#define THREADS 64
#define ARRAYS 10
#define FIRST_RESULT 5

__global__ void __launch_bounds__(THREADS) trials(Job job, World *worlds, Parameters *parameters) {
    int64_t n = (int64_t)blockIdx.x * THREADS + threadIdx.x;
    if (n < job.count) play(&job, n, worlds + n, parameters + n);
}

static cudaError_t copy(Job *job, void *const *host, const size_t *bytes) {
    void **device = (void **)job;
    for (int a = 0; a < ARRAYS; a++) {
        cudaError_t error = cudaMalloc(&device[a], bytes[a] ? bytes[a] : 1);
        if (!error) error = cudaMemcpy(device[a], host[a], bytes[a], cudaMemcpyHostToDevice);
        if (error) return error;
    }
    return cudaSuccess;
}

static cudaError_t launch(const Job *job, World *worlds, Parameters *parameters, float *seconds) {
    unsigned blocks = (unsigned)((job->count + THREADS - 1) / THREADS);
    cudaEvent_t begun, ended;
    cudaEventCreate(&begun);
    cudaEventCreate(&ended);
    cudaEventRecord(begun);
    trials<<<blocks, THREADS>>>(*job, worlds, parameters);
    cudaEventRecord(ended);
    cudaError_t error = cudaEventSynchronize(ended);
    if (!error) error = cudaGetLastError();
    if (!error) error = cudaEventElapsedTime(seconds, begun, ended);
    *seconds /= 1000;
    return error;
}

/* Name of the first device, or null; a fault is described in its place. */
extern "C" int device_name(char *name, size_t room) {
    cudaDeviceProp properties;
    cudaError_t error = cudaGetDeviceProperties(&properties, 0);
    snprintf(name, room, "%s", error ? cudaGetErrorString(error) : properties.name);
    return !error;
}

/* Play the trials of a job, whose arrays lie in the host's memory and have these lengths. */
extern "C" const char *run_on_device(const Job *job, const size_t *bytes, float *seconds) {
    void *const *host = (void *const *)job;
    Job on_device = *job;
    World *worlds = NULL;
    Parameters *parameters = NULL;
    memset((void *)&on_device, 0, ARRAYS * sizeof(void *));
    cudaError_t error = copy(&on_device, host, bytes);
    if (!error) error = cudaMalloc(&worlds, job->count * sizeof(World));
    if (!error) error = cudaMalloc(&parameters, job->count * sizeof(Parameters));
    if (!error) error = launch(&on_device, worlds, parameters, seconds);
    void **device = (void **)&on_device;
    for (int a = 0; a < ARRAYS; a++) {
        if (!error && a >= FIRST_RESULT)
            error = cudaMemcpy(host[a], device[a], bytes[a], cudaMemcpyDeviceToHost);
        cudaFree(device[a]);
    }
    cudaFree(worlds);
    cudaFree(parameters);
    return error ? cudaGetErrorString(error) : NULL;
}
