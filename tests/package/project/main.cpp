// Builds and runs the README's example, and a tour, against the installed library.
#include <relais/relais.h>

#include <cstdio>
#include <filesystem>

relais::Status two_devices_meet();
relais::Status tour();

int main() {
  for (const char* folder : {"clinic", "tablet", "tour"}) std::filesystem::remove_all(folder);
  for (const auto& part : {two_devices_meet, tour}) {
    if (const relais::Status done = part(); !done) {
      std::puts(done.error().message().c_str());
      return 1;
    }
  }
  std::puts("relais works from its package");
  return 0;
}
