// Builds and runs the examples of the README and of docs/hosting.md, and a tour, against the
// installed library.
#include <relais/relais.h>

#include <cstdio>
#include <filesystem>

relais::Status hosting();
relais::Status two_devices_meet();
relais::Status tour();

int main() {
  for (const char* folder : {"clinic", "tablet", "tour", "hosting_a", "hosting_b"}) {
    std::filesystem::remove_all(folder);
  }
  for (const auto& part : {two_devices_meet, tour, hosting}) {
    if (const relais::Status done = part(); !done) {
      std::puts(done.error().message().c_str());
      return 1;
    }
  }
  std::puts("relais works from its package");
  return 0;
}
