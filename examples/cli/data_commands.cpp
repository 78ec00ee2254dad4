#include "data_commands.h"

#include <algorithm>
#include <chrono>

#include "assignment.h"
#include "document_name.h"
#include "files.h"
#include "interruption.h"
#include "kept.h"
#include "progress.h"
#include "report.h"
#include "sample.h"
#include "with_document.h"

namespace cli {
namespace {

using relais::DocumentId;
using relais::Error;
using relais::ErrorCode;
using relais::Replica;
using relais::Status;

std::uint64_t lines_of(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

/// The file's name before a message that names one of its lines.
Error in_file(const Error& error, const std::string& file) {
  Error named = error;
  if (file == "-" || !named.message().starts_with("line ")) return named;
  return std::move(named).within(file);
}

Status check_text_fields(const std::vector<std::string>& fields) {
  for (const std::string& field : fields) {
    const std::size_t colon = field.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == field.size()) {
      return Error(ErrorCode::invalid_argument,
                   "A text field is written COLLECTION:PATH, as cases:medical/visits/*/note.");
    }
  }
  return {};
}

Error at_line(const relais::SkippedLine& skipped, const std::string& file) {
  Error error = skipped.error;
  return in_file(std::move(error).within("line " + std::to_string(skipped.line)), file);
}

Json skipped_json(const std::vector<relais::SkippedLine>& skipped) {
  Json list = Json::array();
  for (const relais::SkippedLine& line : skipped) {
    list.push_back(Json{{"line", line.line},
                        {"code", relais::to_string(line.error.code())},
                        {"message", line.error.message()}});
  }
  return list;
}

/// What was passed over is no success, whatever else was done.
Outcome fault_of_skipped(const relais::ImportReport& report, const std::string& file, bool json) {
  if (report.skipped.empty()) return {};
  for (const relais::SkippedLine& skipped : report.skipped) {
    if (!json) warn(at_line(skipped, file).message());
  }
  return Fault{Error(report.skipped.front().error.code(),
                     counted(report.skipped.size(), "line") +
                         (report.skipped.size() == 1 ? " was" : " were") + " not imported."),
               kExitFailed,
               "Correct these lines, and import the file again. What was imported stays."};
}

void append_string(std::string& out, std::string_view text) {
  out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// One line of an export: keys sorted, no spaces, as the library writes documents.
void write_document(std::string& line, const DocumentId& document, std::string_view json) {
  line = "{\"collection\":";
  append_string(line, document.collection);
  line.append(",\"doc\":").append(json).append(",\"id\":");
  append_string(line, document.id);
  if (!document.scope.empty()) {
    line += ",\"scope\":";
    append_string(line, document.scope);
  }
  line += '}';
}

bool is_standard(const std::string& out) { return out.empty() || out == "-"; }

std::string file_of(const std::string& out) { return is_standard(out) ? "" : out; }

/// Not cut by a signal: the file is there, or it isn't, and that is said.
Status finish(OutputFile& output, const std::string& out, std::size_t unreadable,
              Interruption& interruption) {
  const Uncut held = uncut();
  Status written = output.finish();
  if (written) interruption.keeps(kept_of_whole_output(file_of(out), unreadable));
  return written;
}

}  // namespace

Outcome ImportCommand::run() const {
  if (const Status fields = check_text_fields(text_fields); !fields) {
    return usage_fault(fields.error());
  }
  Interruption interruption(json, kept_of_import());
  const auto input = InputFile::open(file);
  if (!input) return Fault{input.error()};
  auto replica = Replica::open(folder);
  if (!replica) return Fault{replica.error()};

  const auto begun = std::chrono::steady_clock::now();
  relais::ImportOptions options;
  options.text_fields = text_fields;
  options.user = user;
  options.skip_bad = skip_bad;
  auto imported = [&] {
    Progress progress("Importing");
    const std::uint64_t total = progress.visible() ? lines_of(input->text()) : 0;
    options.progress = [&](std::uint64_t done) { progress.show(done, total, "document"); };
    return replica->import_ndjson(input->text(), options);
  }();
  if (!imported) return fault_of(in_file(imported.error(), file));
  interruption.keeps(kept_of_import(*imported));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begun);
  if (json) {
    say_json(Json{{"documents", imported->documents},
                  {"updated", imported->updated},
                  {"skipped", skipped_json(imported->skipped)},
                  {"duration_ms", took.count()}});
    return fault_of_skipped(*imported, file, json);
  }
  say("Imported " + counted(imported->documents, "document") + " in " + seconds_text(took) +
      (imported->updated == 0 ? "."
                              : "; " + std::to_string(imported->updated) + " were here before."));
  return fault_of_skipped(*imported, file, json);
}

Outcome ExportCommand::run() const {
  if (json && is_standard(out)) {
    return usage_fault(Error(ErrorCode::invalid_argument,
                             "--json tells of an export to a file: it needs --out FILE."));
  }
  Interruption interruption(json, kept_of_output(file_of(out), exists(out)));
  const auto replica = Replica::open(folder);
  if (!replica) return Fault{replica.error()};
  auto output = OutputFile::create(out);
  if (!output) return Fault{output.error()};
  Status written;
  std::uint64_t documents = 0;
  std::size_t unreadable = 0;
  Outcome fault;
  {
    Progress progress("Exporting");
    std::string line;
    const auto read = replica->each_document([&](const DocumentId& document, std::string_view doc) {
      write_document(line, document, doc);
      written = output->write_line(line);
      progress.show(++documents, 0, "document");
      return written.has_value();
    });
    if (!read) return Fault{read.error()};
    unreadable = read->size();
    fault = fault_of(*read);
  }
  if (written) written = finish(*output, out, unreadable, interruption);
  if (!written) return Fault{written.error()};
  if (!is_standard(out)) {
    report(json, Json{{"documents", documents}, {"file", out}},
           "Exported " + counted(documents, "document") + " to " + out + '.');
  }
  return fault;
}

Outcome PutCommand::run() const {
  std::vector<Assignment> parsed;
  for (const std::string& edit : edits) {
    auto assignment = parse_assignment(edit);
    if (!assignment) return usage_fault(assignment.error());
    parsed.push_back(std::move(*assignment));
  }
  return with_document(folder, document, [&](Replica& replica, const DocumentId& name) -> Outcome {
    const Status written = write_as(replica, user, [&](auto& transaction) -> Status {
      for (const Assignment& assignment : parsed) {
        if (Status done = apply(transaction, name, assignment); !done) return done;
      }
      return {};
    });
    if (!written) return edit_fault(written.error());
    report(json, Json{{"document", to_text(name)}, {"edits", parsed.size()}},
           to_text(name) + ": " + counted(parsed.size(), "edit") + " written.");
    return {};
  });
}

Outcome SampleCommand::run() const {
  Interruption interruption(false, kept_of_output(file_of(out), exists(out)));
  auto output = OutputFile::create(out);
  if (!output) return Fault{output.error()};
  Status written;
  {
    Progress progress("Writing");
    std::uint64_t documents = 0;
    write_sample(patients, seed, [&](std::string_view line) {
      if (!written) return;
      written = output->write_line(line);
      progress.show(++documents, 2 * patients, "document");
    });
  }
  if (written) written = finish(*output, out, 0, interruption);
  if (!written) return Fault{written.error()};
  return {};
}

}  // namespace cli
