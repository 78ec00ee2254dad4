// The examples of docs/hosting.md, with a program around them that runs each.
#include <poll.h>
#include <relais/relais.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using std::chrono::milliseconds;

relais::Error wrong(const char* what) { return {relais::ErrorCode::not_found, what}; }

std::size_t phrases_shown = 0;
void show_once(const std::string& recovery_phrase) { phrases_shown += !recovery_phrase.empty(); }

/// Opens the replica in a folder. If there is none, creates a space.
relais::Result<relais::Replica> open_or_create(const std::string& folder,
                                               const relais::Options& options) {
  auto opened = relais::Replica::open(folder, options);
  if (opened || opened.error().code() != relais::ErrorCode::store_missing) return opened;
  auto created = relais::Replica::create(folder, {"Mobile clinic", "Tablet 1", {}}, options);
  if (!created) return created.error();
  show_once(created->recovery_phrase);  // for paper: it can't be shown again
  return std::move(created->replica);
}

int bytes_read = 0;
void read_input(int) { ++bytes_read; }

/// One round of the host's loop. False: the loop can't go on.
bool run_once(relais::EventQueue& queue, int input, milliseconds longest) {
  pollfd watched[] = {{queue.wake_fd(), POLLIN, 0}, {input, POLLIN, 0}};
  if (::poll(watched, 2, static_cast<int>(longest.count())) < 0) return errno == EINTR;
  if (watched[0].revents != 0) queue.dispatch();
  if (watched[1].revents != 0) read_input(input);
  return true;
}

/// The text of a field, or an empty one if the field holds no text or isn't there.
std::string text_at(const relais::FieldTree& tree, std::string_view path) {
  const relais::FieldTree* field = tree.find(path);
  const std::string* text = field != nullptr ? field->string() : nullptr;
  return text != nullptr ? *text : std::string();
}

/// One row of a screen.
struct Row {
  std::string name;
  std::optional<double> weight_kg;
  std::vector<std::string> visits;
};

relais::Result<Row> read_row(const relais::Replica& replica, const relais::DocumentId& patient) {
  const auto tree = replica.tree(patient);
  if (!tree) return tree.error();
  Row row;
  row.name = text_at(*tree, "name");
  if (const auto* weight = tree->find("weight_kg")) row.weight_kg = weight->number();
  if (const auto* visits = tree->find("visits")) {
    for (const relais::FieldTree& visit : visits->children) {
      row.visits.push_back(text_at(visit, "by") + ": " + text_at(visit, "note"));
    }
  }
  return row;
}

/// A screen of all patients. Its handler must run in the thread that uses it.
class PatientList {
 public:
  explicit PatientList(relais::Replica& replica) : replica_(replica) {
    watching_ = replica.observe([this](const relais::Event& event) { handle(event); });
    read_all();
  }

  void handle(const relais::Event& event) {
    if (event.kind == relais::Event::Kind::missed) read_all();
    for (const relais::DocumentChange& change : event.documents) {
      if (change.document.collection == "patients") read(change.document);
    }
  }

  void read_all() {
    rows_.clear();
    relais::ListOptions page;
    page.collection = "patients";
    page.limit = 100;
    while (true) {
      const auto patients = replica_.list(page);
      if (!patients || patients->empty()) return;
      for (const relais::DocumentId& patient : *patients) read(patient);
      page.after = patients->back().id;
    }
  }

  void read(const relais::DocumentId& patient) {
    auto row = read_row(replica_, patient);
    if (row) {
      rows_[patient.id] = *std::move(row);
    } else {
      rows_.erase(patient.id);  // deleted
    }
  }

  const std::map<std::string, Row>& rows() const { return rows_; }

 private:
  relais::Replica& replica_;
  std::map<std::string, Row> rows_;
  relais::Subscription watching_;
};

relais::Status write_visit(relais::Replica& replica, const relais::DocumentId& patient) {
  return replica.write([&](relais::Transaction& tx) -> relais::Status {
    if (auto done = tx.set_user("nurse 3"); !done) return done;
    if (auto done = tx.set(patient, "weight_kg", 61); !done) return done;
    return tx.append_json(patient, "visits", R"({"by":"nurse","note":"Wound clean."})");
  });
}

/// Resolves a conflict by the version that the user chose.
relais::Status choose(relais::Replica& replica, const relais::DocumentId& patient,
                      std::string_view path, const relais::Version& version) {
  return replica.write([&](relais::Transaction& tx) { return tx.resolve(patient, path, version); });
}

relais::Status edit_and_undo(relais::Replica& replica, const relais::DocumentId& patient) {
  relais::UndoStack form(replica);
  auto typed =
      form.write([&](relais::Transaction& tx) { return tx.set(patient, "phone", "0817"); });
  if (!typed) return typed;
  return form.undo();
}

std::uint64_t shown = 0;
void show_progress(std::uint64_t done, std::uint64_t all) { shown = done <= all ? all : 0; }
std::string shown_result;
void show_result(std::string_view text) { shown_result = text; }

relais::SyncOptions at_most_30_seconds() {
  relais::SyncOptions options;
  options.limit = std::chrono::seconds(30);
  options.on_progress = [](const relais::SyncProgress& now) {
    show_progress(now.received + now.sent, now.to_receive + now.to_send);
  };
  return options;
}

/// Whether both devices hold the same afterwards. Blocks: not in the thread of a user interface.
relais::Result<bool> sync_now(relais::Replica& replica, const std::string& address) {
  const auto report = replica.sync(address, at_most_30_seconds());
  if (!report) return report.error();  // timed_out after 30 s; the changes received stay
  return report->in_sync;
}

/// Doesn't block; the handler runs where Options::executor says.
void sync_in_background(relais::Replica& replica, const std::string& address) {
  replica.start_sync(address, at_most_30_seconds())
      .then([](const relais::Result<relais::SyncReport>& report) {
        show_result(report ? "Synced." : report.error().message());
      });
}

/// A sync with a button that stops it.
class SyncButton {
 public:
  void start(relais::Replica& replica, const std::string& address) {
    sync_.emplace(replica.start_sync(address, at_most_30_seconds()));
  }
  void stop() {
    if (sync_) sync_->cancel();
  }
  /// To be called by a timer of the host. True: the sync has ended.
  bool check() {
    if (!sync_ || !sync_->done()) return false;
    const auto report = sync_->wait();  // it is done: this returns at once
    show_result(report ? "Synced." : report.error().message());
    sync_.reset();
    return true;
  }

 private:
  std::optional<relais::Operation<relais::SyncReport>> sync_;
};

/// Syncs with all devices at once. Gives the number of those that this device is in sync with.
int sync_with_all(relais::Replica& replica, const std::vector<std::string>& addresses) {
  std::vector<relais::Operation<relais::SyncReport>> syncs;
  for (const std::string& address : addresses) {
    syncs.push_back(replica.start_sync(address, at_most_30_seconds()));
  }
  int in_sync = 0;
  for (auto& sync : syncs) {
    const auto report = sync.wait();
    in_sync += report && report->in_sync ? 1 : 0;
  }
  return in_sync;
}

/// The action that a screen offers beside the message of an error.
const char* action_for(const relais::Error& error) {
  switch (error.retry()) {
    case relais::Retry::later: return "Try again";
    case relais::Retry::after_user_acts: return "Show help";  // by error.code()
    case relais::Retry::never: break;
  }
  return "Close";
}

/// The host's own log.
struct AppLog {
  std::string text;

  static void write(void* context, relais::LogLevel, std::string_view message) {
    static_cast<AppLog*>(context)->text.append(message).append("\n");
  }
};

relais::Options options_with(AppLog& log, relais::EventQueue& queue) {
  relais::Options options;
  options.executor = queue.executor();
  options.log = {AppLog::write, &log, relais::LogLevel::debug};
  return options;
}

/// Syncs two replicas of Threading::manual in one thread.
relais::Status sync_by_hand(relais::Replica& a, relais::Replica& b) {
  const auto server = a.listen("127.0.0.1:0");
  if (!server) return server.error();
  auto sync = b.start_sync(server->address);
  while (!sync.done()) {
    a.poll(milliseconds(0));
    b.poll(milliseconds(1));
  }
  return sync.wait();
}

/// Whether that device holds, on its disk, all that this one holds and that both may read.
relais::Result<bool> is_held_by(relais::Replica& replica, const std::string& address) {
  const auto report = replica.sync(address);
  if (!report) return report.error();
  return report->in_sync && !report->itself;
}

/// A report about a replica that contains no name and no document text.
relais::Result<std::string> support_report(const relais::Replica& replica) {
  const auto status = replica.status();
  if (!status) return status.error();
  const auto verified = replica.verify();
  if (!verified) return verified.error();
  std::string report;
  const auto add = [&report](const char* what, std::uint64_t number) {
    report.append(what).append(" ").append(std::to_string(number)).append("\n");
  };
  add("members", status->members.size());
  add("documents", status->documents);
  add("conflicts", status->conflicts);
  add("changes", status->changes);
  add("logs", status->logs);
  add("waiting", status->waiting);
  add("set aside", status->set_aside);
  add("held pieces", status->held_pieces);
  for (const std::string& problem : verified->problems) report.append(problem).append("\n");
  return report;
}

const relais::DocumentId kPatient{"", "patients", "7c9e6679-7425-40de-944b-e07fc1f90ae7"};

/// The screen follows what is written here, through the loop of a host.
relais::Status observe_and_write() {
  auto queue = relais::EventQueue::create();
  if (!queue) return queue.error();
  AppLog log;
  auto tablet = open_or_create("hosting_a", options_with(log, *queue));
  if (!tablet) return tablet.error();
  PatientList screen(*tablet);
  const auto named = tablet->write(
      [](relais::Transaction& tx) { return tx.put_json(kPatient, "", R"({"name":"Ada"})"); });
  if (!named) return named;
  if (auto done = write_visit(*tablet, kPatient); !done) return done;
  const auto is_shown = [&screen] {
    const auto row = screen.rows().find(kPatient.id);
    return row != screen.rows().end() && row->second.name == "Ada" && row->second.weight_kg == 61 &&
           row->second.visits.size() == 1;
  };
  for (int round = 0; round < 100 && !is_shown(); ++round) {
    if (!run_once(*queue, -1, milliseconds(100))) return wrong("The loop ended.");
  }
  if (!is_shown()) return wrong("The screen doesn't show what was written.");
  if (auto done = edit_and_undo(*tablet, kPatient); !done) return done;
  if (tablet->field(kPatient, "phone")) return wrong("What was undone is there.");
  const auto report = support_report(*tablet);
  if (!report || report->find("Ada") != std::string::npos) return wrong("The report has a name.");
  return tablet->close();
}

/// Both devices write one field; they sync in each of the ways, and one of them chooses.
relais::Status sync_and_choose() {
  auto queue = relais::EventQueue::create();
  if (!queue) return queue.error();
  AppLog log;
  auto a = open_or_create("hosting_a", {});
  if (!a) return a.error();
  const auto server = a->listen("127.0.0.1:0");
  const auto invitation = a->invite();
  if (!server || !invitation) return server ? invitation.error() : server.error();
  auto b = relais::Replica::join("hosting_b", *invitation, server->address, {"Tablet 2"},
                                 options_with(log, *queue));
  if (!b) return b.error();
  const auto same = sync_now(*b, server->address);
  if (!same || !*same) return same ? wrong("The devices differ.") : same.error();
  for (relais::Replica* each : {&*a, &*b}) {
    const int phone = each == &*a ? 1 : 2;
    const auto done =
        each->write([&](relais::Transaction& tx) { return tx.set(kPatient, "phone", phone); });
    if (!done) return done;
  }
  sync_in_background(*b, server->address);
  while (shown_result.empty()) queue->dispatch(milliseconds(100));
  const auto phone = b->field(kPatient, "phone");
  if (shown_result != "Synced." || !phone || phone->versions.size() != 2) {
    return wrong("The conflict isn't shown.");
  }
  if (auto done = choose(*b, kPatient, "phone", phone->versions[1]); !done) return done;
  if (sync_with_all(*b, {server->address, server->address, "127.0.0.1:1"}) != 2) {
    return wrong("Two syncs of three should end well.");
  }
  const auto held = is_held_by(*b, server->address);
  if (!held || !*held) return wrong("What the tablet has isn't held elsewhere.");
  SyncButton button;
  button.start(*b, server->address);
  button.stop();
  while (!button.check()) queue->dispatch(milliseconds(10));
  const auto refused = b->sync("127.0.0.1:1");
  if (refused || std::string_view(action_for(refused.error())) != "Try again") {
    return wrong("A sync with nobody can be tried again.");
  }
  return {};
}

relais::Status simulate() {
  relais::Options manual;
  manual.threading = relais::Threading::manual;
  auto a = relais::Replica::open("hosting_a", manual);
  if (!a) return a.error();
  auto b = relais::Replica::open("hosting_b", manual);
  if (!b) return b.error();
  return sync_by_hand(*a, *b);
}

}  // namespace

relais::Status hosting() {
  for (const auto& part : {observe_and_write, sync_and_choose, simulate}) {
    if (auto done = part(); !done) return done;
  }
  return phrases_shown == 1 ? relais::Status() : wrong("The space was created more than once.");
}
