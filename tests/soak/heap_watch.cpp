// Preloaded into the hub: writes the use of its heap, in KiB, every quarter of a second to the file
// that RELAIS_HEAP_FILE names. Resident memory stays at the peak that all sessions ever needed at
// once.
#include <malloc.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

namespace {

constexpr std::chrono::milliseconds kPeriod{250};

// The sums over all arenas follow the last arena.
std::uint64_t sum(const char* sums, const char* of) {
  const char* line = std::strstr(sums, of);
  return line == nullptr ? 0 : std::strtoull(std::strstr(line, "size=\"") + 6, nullptr, 10);
}

std::uint64_t bytes_in_use() {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* file = ::open_memstream(&text, &size);
  if (file == nullptr) return 0;
  ::malloc_info(0, file);
  std::fclose(file);
  const char* sums = text;
  while (const char* heap = std::strstr(sums, "</heap>")) sums = heap + 1;
  const std::uint64_t bytes = sum(sums, "<system type=\"current\"") + sum(sums, "type=\"mmap\"") -
                              sum(sums, "type=\"fast\"") - sum(sums, "type=\"rest\"");
  std::free(text);
  return bytes;
}

void watch(const std::string& path) {
  const std::string next = path + ".next";
  while (true) {
    std::this_thread::sleep_for(kPeriod);
    std::FILE* file = std::fopen(next.c_str(), "w");
    if (file == nullptr) return;
    std::fprintf(file, "%llu\n", static_cast<unsigned long long>(bytes_in_use() >> 10));
    std::fclose(file);
    std::rename(next.c_str(), path.c_str());
  }
}

// The program waits for signals that this thread must not take.
__attribute__((constructor)) void begin() {
  const char* path = std::getenv("RELAIS_HEAP_FILE");
  if (path == nullptr) return;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  std::thread(watch, std::string(path)).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
