#include "support/crashing_file_system.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "support/crashing_file.h"

namespace relais::testing {

namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

CrashingFileSystem::CrashingFileSystem(std::string attic, const FaultPlan& plan,
                                       const Chance& chance,
                                       std::function<void(const char*)> on_power_cut)
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      attic_(std::move(attic)),
      plan_(plan),
      manifest_lies_(plan.manifest_lies),
      chance_(chance),
      on_power_cut_(std::move(on_power_cut)) {}

bool CrashingFileSystem::fault_happened() const {
  const std::lock_guard lock(mutex_);
  return fault_happened_;
}

Operation CrashingFileSystem::fault_operation() const {
  const std::lock_guard lock(mutex_);
  return fault_operation_;
}

void CrashingFileSystem::recover() {
  const std::lock_guard lock(mutex_);
  plan_ = {};
}

void CrashingFileSystem::fail_next(Fault fault, const std::string& files) {
  const std::lock_guard lock(mutex_);
  fault_happened_ = false;
  plan_ = {fault, operations_ + 1, false, files};
}

bool CrashingFileSystem::due(Operation operation, const std::string& path) const {
  if (plan_.at == 0 || operations_ < plan_.at || !path.ends_with(plan_.files)) return false;
  if (plan_.fault == Fault::power_cut) return true;
  if (fault_happened_ && !plan_.lasts) return false;
  if (plan_.fault == Fault::io_error || plan_.fault == Fault::late_error) return true;
  // A full disk takes no more data, but syncs and removals still work.
  return operation == Operation::append || operation == Operation::create;
}

IOStatus CrashingFileSystem::error() const {
  if (plan_.fault == Fault::io_error || plan_.fault == Fault::late_error) {
    return IOStatus::IOError("While writing: Input/output error");
  }
  return IOStatus::NoSpace("While writing: No space left on device");
}

template <class Action>
IOStatus CrashingFileSystem::perform(Operation operation, const std::string& path,
                                     Action&& action) {
  return perform(operation, path, action, [] {});
}

template <class Action, class Part>
IOStatus CrashingFileSystem::perform(Operation operation, const std::string& path, Action&& action,
                                     Part&& part) {
  const std::lock_guard lock(mutex_);
  ++operations_;
  if (!due(operation, path)) return action();
  if (plan_.fault == Fault::power_cut) {
    if (chance_.one_in(2)) action().PermitUncheckedError();
    lose_and_end(kOperationNames[static_cast<std::size_t>(operation)]);
  }
  if (!std::exchange(fault_happened_, true)) fault_operation_ = operation;
  if (plan_.fault == Fault::short_write) part();
  if (plan_.fault == Fault::late_error) action().PermitUncheckedError();
  return error();
}

IOStatus CrashingFileSystem::sync(WrittenFile& file) {
  const std::lock_guard lock(mutex_);
  IOStatus status = perform(Operation::sync, file.path, [&] {
    if (!file.poisoned) file.durable = file.size;
    return IOStatus::OK();
  });
  if (!status.ok() && file.durable < file.size) file.poisoned = true;
  return status;
}

IOStatus CrashingFileSystem::sync_folder(const std::string& path) {
  return perform(Operation::sync_folder, path, [&] {
    for (const NameChange& change : std::exchange(changes_[path], {})) {
      if (!change.kept.empty()) ::unlink(change.kept.c_str());
    }
    removed_.clear();
    return IOStatus::OK();
  });
}

std::string CrashingFileSystem::in_attic() { return attic_ + "/" + std::to_string(kept_++); }

void CrashingFileSystem::add_change(NameChange change) {
  changes_[folder_of(change.path)].push_back(std::move(change));
}

void CrashingFileSystem::set_aside(const std::string& path, const std::string& kept) {
  const auto found = files_.find(path);
  if (found == files_.end()) return;
  found->second->path = kept;
  removed_.push_back(found->second);
  files_.erase(found);
}

std::unique_ptr<rocksdb::FSWritableFile> CrashingFileSystem::opened(
    const std::string& path, std::unique_ptr<rocksdb::FSWritableFile> inner) {
  auto& file = files_[path];
  if (!file) file = std::make_shared<WrittenFile>(WrittenFile{path});
  return std::make_unique<CrashingFile>(*this, file, std::move(inner));
}

IOStatus CrashingFileSystem::NewWritableFile(const std::string& path,
                                             const rocksdb::FileOptions& options,
                                             std::unique_ptr<rocksdb::FSWritableFile>* file,
                                             IODebugContext* debug) {
  return perform(Operation::create, path, [&] {
    // A file of that name is replaced by the new one.
    std::string kept = in_attic();
    if (::rename(path.c_str(), kept.c_str()) != 0) kept.clear();
    std::unique_ptr<rocksdb::FSWritableFile> inner;
    IOStatus status = target()->NewWritableFile(path, options, &inner, debug);
    if (!status.ok()) {
      if (!kept.empty()) ::rename(kept.c_str(), path.c_str());
      return status;
    }
    set_aside(path, kept);
    add_change({Operation::create, "", path, std::move(kept)});
    *file = opened(path, std::move(inner));
    return status;
  });
}

IOStatus CrashingFileSystem::ReopenWritableFile(const std::string& path,
                                                const rocksdb::FileOptions& options,
                                                std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                IODebugContext* debug) {
  return perform(Operation::create, path, [&] {
    std::uint64_t size = 0;
    const bool there = target()->GetFileSize(path, IOOptions(), &size, debug).ok();
    std::unique_ptr<rocksdb::FSWritableFile> inner;
    IOStatus status = target()->ReopenWritableFile(path, options, &inner, debug);
    if (!status.ok()) return status;
    if (!there) add_change({Operation::create, "", path, ""});
    const bool known = files_.contains(path);
    *file = opened(path, std::move(inner));
    if (!known) files_[path]->size = files_[path]->durable = size;
    return status;
  });
}

IOStatus CrashingFileSystem::NewDirectory(const std::string& path, const IOOptions& options,
                                          std::unique_ptr<rocksdb::FSDirectory>* folder,
                                          IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> inner;
  IOStatus status = target()->NewDirectory(path, options, &inner, debug);
  if (status.ok()) {
    *folder = std::make_unique<CrashingFolder>(*this, without_slash(path), std::move(inner));
  }
  return status;
}

IOStatus CrashingFileSystem::RenameFile(const std::string& from, const std::string& to,
                                        const IOOptions& options, IODebugContext* debug) {
  return perform(Operation::rename, to, [&] {
    std::string kept = in_attic();
    if (::link(to.c_str(), kept.c_str()) != 0) kept.clear();
    IOStatus status = target()->RenameFile(from, to, options, debug);
    if (!status.ok()) return status;
    set_aside(to, kept);
    if (const auto moved = files_.find(from); moved != files_.end()) {
      moved->second->path = to;
      files_[to] = moved->second;
      files_.erase(from);
    }
    add_change({Operation::rename, from, to, std::move(kept)});
    return status;
  });
}

IOStatus CrashingFileSystem::DeleteFile(const std::string& path, const IOOptions& options,
                                        IODebugContext* debug) {
  return perform(Operation::remove, path, [&] {
    std::string kept = in_attic();
    if (::rename(path.c_str(), kept.c_str()) != 0) {
      return target()->DeleteFile(path, options, debug);
    }
    set_aside(path, kept);
    add_change({Operation::remove, "", path, std::move(kept)});
    return IOStatus::OK();
  });
}

void CrashingFileSystem::cut_power(const char* between) {
  const std::lock_guard lock(mutex_);
  lose_and_end(between);
}

void CrashingFileSystem::lose_and_end(const char* at) {
  PowerLoss loss(chance_.split("end"), manifest_lies_);
  lose(loss);
  on_power_cut_(at);
  std::abort();  // on_power_cut_ doesn't return
}

void CrashingFileSystem::lose(PowerLoss& loss) const {
  for (const auto& [path, file] : files_) loss.lose_tail(*file);
  for (const auto& file : removed_) loss.lose_tail(*file);
  for (const auto& [folder, changes] : changes_) loss.undo(changes);
}

Losses CrashingFileSystem::leave(const std::string& from, const std::string& to, bool with_losses) {
  const std::lock_guard lock(mutex_);
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  PowerLoss loss(chance_.split("left " + std::to_string(chance_.next())), manifest_lies_);
  loss.in_copy(from, to);
  if (with_losses) lose(loss);
  return loss.losses();
}

}  // namespace relais::testing
