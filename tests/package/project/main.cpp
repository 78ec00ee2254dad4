// Builds and runs the README's example against the installed library.
#include <relais/relais.h>

#include <cstdio>
#include <filesystem>

relais::Status two_devices_meet();

int main() {
  std::filesystem::remove_all("clinic");
  std::filesystem::remove_all("tablet");
  const relais::Status met = two_devices_meet();
  std::puts(met ? "relais works from its package" : met.error().message().c_str());
  return met ? 0 : 1;
}
