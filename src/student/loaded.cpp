// The room's functions as the program calls them: the first call loads the shared library, which the program
// carries within itself, and LibTorch with it.
#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "student/loaded_table.h"

// The library's bytes; DEWDROP_STUDENT_LIBRARY is its path at build time.
__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    ".globl dew_student_library\n"
    "dew_student_library:\n"
    ".incbin \"" DEWDROP_STUDENT_LIBRARY
    "\"\n"
    ".globl dew_student_library_end\n"
    "dew_student_library_end:\n"
    ".byte 0\n"
    ".previous\n");
extern "C" const char dew_student_library[], dew_student_library_end[];

namespace dew::student {
namespace {

constexpr std::string_view kNext = "see that LibTorch is installed: apt install libtorch1.13";

/// A file in memory with the library's bytes.
Result<std::string> file_in_memory() {
  const int file = memfd_create("dewdrop-student", MFD_CLOEXEC);
  if (file < 0) return work_error("no file in memory can be had", "memfd_create", std::string(kNext));
  const char* from = dew_student_library;
  while (from != dew_student_library_end) {
    const ssize_t written = write(file, from, static_cast<size_t>(dew_student_library_end - from));
    if (written <= 0) {
      close(file);
      return work_error("there is too little memory for the part that trains", {}, "close other programs");
    }
    from += written;
  }
  return fmt::format("/proc/self/fd/{}", file);
}

Result<const LoadedTable*> load() {
  DEW_TRY(const std::string path, file_in_memory());
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  using Entry = const LoadedTable* (*)();
  const auto entry =
      library == nullptr ? nullptr : reinterpret_cast<Entry>(dlsym(library, "dew_student_table"));
  if (entry == nullptr)
    return work_error(fmt::format("the part that trains cannot be loaded: {}", printable(dlerror())), {},
                      std::string(kNext));
  return entry();
}

/// Loaded once; the library stays.
const Result<const LoadedTable*>& table() {
  static const Result<const LoadedTable*> loaded = load();
  return loaded;
}

/// For functions that cannot fail otherwise.
const LoadedTable& loaded() {
  if (!table()) throw std::runtime_error(fmt::format("{}; {}", table().error().what, table().error().next));
  return **table();
}

}  // namespace

ThreadLimit::ThreadLimit(int threads) {
  loaded().limit_threads(std::max(1, threads));
}

ThreadLimit::~ThreadLimit() {
  loaded().limit_threads(0);
}

std::string_view bundled_bytes() {
  return loaded().bundled_bytes();
}

fs::path backbones_folder() {
  return loaded().backbones_folder();
}

std::vector<std::string> imported_backbones() {
  return loaded().imported_backbones();
}

fs::path imported_path(const std::string& name) {
  return loaded().imported_path(name);
}

Result<Backbone> find_backbone(const std::string& backbone) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->find_backbone(backbone);
}

Result<Backbone> decode_backbone(std::string_view bytes, const std::string& where) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->decode_backbone(bytes, where);
}

Result<std::string> encode_backbone(const Backbone& backbone) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->encode_backbone(backbone);
}

std::string default_backbone() {
  return loaded().default_backbone();
}

std::string fitting_backbone(const TrainSettings& settings) {
  return loaded().fitting_backbone(settings);
}

Result<std::vector<std::vector<float>>> features(const std::string& backbone, int input,
                                                 std::span<const std::vector<uint8_t>> pictures,
                                                 Watch& watch) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->features(backbone, input, pictures, watch);
}

Result<std::vector<std::vector<float>>> gated_features(const graph::Graph& graph,
                                                       const std::vector<std::vector<uint8_t>>& pictures,
                                                       const RunInt8& run) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->gated_features(graph, pictures, run);
}

int judging_folds(size_t pictures, bool from_random) {
  return loaded().judging_folds(pictures, from_random);
}

Result<Likeness> likeness_by(const graph::Graph& graph, const std::vector<Example>& examples, int classes,
                             const RunInt8& run) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->likeness_by(graph, examples, classes, run);
}

Result<OutOfFold> out_of_fold(const std::vector<Example>& examples, const std::vector<int>& fold,
                              const Judged& judged, const fs::path& folder, const RunInt8& run,
                              Watch& watch) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->out_of_fold(examples, fold, judged, folder, run, watch);
}

Result<std::vector<std::vector<float>>> predict(const fs::path& folder,
                                                std::span<const std::vector<uint8_t>> pictures,
                                                Watch& watch) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->predict(folder, pictures, watch);
}

Result<std::vector<Look>> look(const fs::path& folder, std::span<const std::vector<uint8_t>> pictures,
                               Watch& watch) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->look(folder, pictures, watch);
}

Result<void> pretrain(const PretrainData& data, const PretrainSettings& settings, const fs::path& folder,
                      Watch& watch) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->pretrain(data, settings, folder, watch);
}

Result<Quantised> quantise_best(const fs::path& folder, const std::vector<Example>& examples,
                                const std::vector<Example>& validation, const std::string& name,
                                const std::vector<std::string>& classes, const QuantiseSettings& settings,
                                const RunInt8& run, Watch& watch) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->quantise_best(folder, examples, validation, name, classes, settings, run, watch);
}

Result<graph::Graph> sketch(const TrainSettings& settings, const std::string& name,
                            const std::vector<std::string>& classes) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->sketch(settings, name, classes);
}

std::vector<std::vector<uint8_t>> pictures_of(const std::vector<Example>& examples) {
  return loaded().pictures_of(examples);
}

int usual_epochs(const std::string& backbone) {
  return loaded().usual_epochs(backbone);
}

int trial_epochs(int epochs) {
  return loaded().trial_epochs(epochs);
}

TrainSettings with_usual_epochs(TrainSettings settings) {
  return loaded().with_usual_epochs(std::move(settings));
}

Result<void> check_settings(const TrainSettings& settings) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->check_settings(settings);
}

Result<Trained> train(const std::vector<Example>& examples, const std::vector<Example>& validation,
                      const TrainSettings& settings, const fs::path& folder, Watch& watch) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->train(examples, validation, settings, folder, watch);
}

Result<Trained> train_with_unlabelled(const std::vector<Example>& examples,
                                      const std::vector<Example>& unlabelled,
                                      const std::vector<Example>& validation, const TrainSettings& settings,
                                      const fs::path& folder, Watch& watch) {
  DEW_TRY(const LoadedTable* calls, table());
  return calls->train_with_unlabelled(examples, unlabelled, validation, settings, folder, watch);
}

bool learns_from_unlabelled(size_t labelled, size_t unlabelled, const TrainSettings& settings) {
  return loaded().learns_from_unlabelled(labelled, unlabelled, settings);
}

int epochs_with_unlabelled(size_t pictures, int epochs) {
  return loaded().epochs_with_unlabelled(pictures, epochs);
}

}  // namespace dew::student
