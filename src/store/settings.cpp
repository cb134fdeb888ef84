// dewdrop.toml: one table of keys, which reads and writes them all. Parsing is toml++'s; that a key is known,
// of the right type and sensible is checked here, and told with its line.
#include "store/settings.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <variant>

namespace dew {
namespace {

constexpr size_t kMostBytes = size_t{64} << 10;

using Field = std::variant<std::string Settings::*, std::vector<std::string> Settings::*, double Settings::*,
                           int Settings::*, uint64_t Settings::*, Several Settings::*,
                           std::optional<double> Settings::*, std::optional<int64_t> Settings::*>;

struct Key {
  const char* section;  ///< "" for the top
  const char* name;
  Field field;
  const char* comment;  ///< for the person who edits the file; lines begin with "# "
};

const std::array kKeys{
    Key{"", "name", &Settings::name, "# The generated C is named after it: letters, digits, '-' and '_'."},
    Key{"", "question", &Settings::question,
        "# What is asked about each picture, as the teacher will read it."},
    Key{"", "classes", &Settings::classes,
        "# The possible answers, in the order of the net's outputs. Changing them makes old answers and nets "
        "useless."},
    Key{"", "unsure", &Settings::unsure,
        "# What the teacher answers when it cannot tell; such pictures are set aside. \"\": it has to "
        "choose."},
    Key{"", "teacher", &Settings::teacher,
        "# Who answers when `dewdrop label` has no --teacher: openai:gpt-4o, "
        "http://127.0.0.1:8080/v1#model,\n"
        "# replay:answers.jsonl. Several in brackets: all are asked, and the policy below decides."},
    Key{"", "test_share", &Settings::test_share,
        "# The last part of each video, or this share of the still pictures, is kept for testing. Drawn when "
        "a file is\n"
        "# added: a change counts for files added after it."},
    Key{"", "validation_share", &Settings::validation_share,
        "# Of what testing leaves, the share that chooses between epochs. Drawn when a file is added, too."},
    Key{"", "store", &Settings::store,
        "# Where samples, answers and labels are kept. \"\": here, in .dewdrop. For many machines: "
        "postgresql://user@host/name\n"
        "# (docs/many-machines.md); the password goes into PGPASSWORD or ~/.pgpass, never in here."},
    Key{"", "media", &Settings::media,
        "# Where pictures and videos are kept. \"\": here, in .dewdrop. For many machines: a folder that all "
        "of them\n"
        "# see, or s3://bucket/prefix; the bucket's keys are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
        "never in here."},
    Key{"", "media_endpoint", &Settings::media_endpoint,
        "# The bucket's server, https://minio.example:9000. \"\": what AWS_ENDPOINT_URL says, or Amazon's."},
    Key{"", "media_region", &Settings::media_region,
        "# The bucket's region. \"\": what AWS_REGION or AWS_DEFAULT_REGION says, or us-east-1."},
    Key{"label", "votes", &Settings::votes,
        "# How `dewdrop label` asks; its options of the same names go before these. Answers of each teacher "
        "about each\n"
        "# picture; more than one need a temperature above 0 and give labels a confidence."},
    Key{"label", "temperature", &Settings::temperature,
        "# Of the model's choice of words, from 0 to 2. Without it 0, and 0.7 where there are votes."},
    Key{"label", "seed", &Settings::vote_seed, "# Of the model's dice, where the server has one."},
    Key{"label", "detail", &Settings::detail, "# Of the picture for the model: low, high or auto."},
    Key{"label", "instructions", &Settings::instructions, "# In words, beside the question."},
    Key{"label", "examples", &Settings::examples,
        "# So many pictures that people labelled are shown before each question."},
    Key{"label", "context", &Settings::context,
        "# Shown beside a tile: none, frame, or around (it and its neighbours)."},
    Key{"label", "jpeg_size", &Settings::jpeg_size, "# The longer side of a sent picture at most, pixels."},
    Key{"label", "jpeg_quality", &Settings::jpeg_quality, "# From 1 to 100."},
    Key{"label", "spread", &Settings::spread,
        "# Of near-identical frames one is asked about, the others take its label: on, off, auto (where it "
        "costs money)."},
    Key{"label", "spread_bits", &Settings::spread_bits,
        "# Of 64 that may differ between the hashes of such frames ..."},
    Key{"label", "spread_seconds", &Settings::spread_seconds, "# ... and the time between them at most."},
    Key{"label", "policy", &Settings::policy,
        "# From answers to a label. majority: each teacher has one voice, shared among its votes. weighted: "
        "voices count\n"
        "# by their confidence. newest: the last answer."},
    Key{"label", "tie", &Settings::tie, "# At a tie: unsure (the picture is set aside) or newest."},
    Key{"label", "threshold", &Settings::threshold,
        "# Labels of less confidence than this are set aside, 0 to 1. `dewdrop label --gold` calibrates "
        "confidence."},
    Key{"student", "net", &Settings::net,
        "# mobilenet_v2, mobilenet_v1 (at alpha 0.25 the person detector of MLPerf Tiny), or tiny (for 16 KB "
        "of RAM)."},
    Key{"student", "backbone", &Settings::backbone,
        "# What training starts from: bundled, random, an imported one's name (`dewdrop backbone list`) or a "
        "file.\n"
        "# \"\": bundled where its alpha fits, else random."},
    Key{"student", "alpha", &Settings::alpha, "# Width of the net: 0.35 is small, 1 is the original."},
    Key{"student", "input", &Settings::input,
        "# Height and width of the net's input in pixels, a multiple of 16 from 32 to 512."},
    Key{"student", "head", &Settings::head,
        "# Channels of mobilenet_v2's last convolution, a multiple of 8; fewer save flash. 0: 1280."},
    Key{"student", "blocks", &Settings::blocks,
        "# How many of mobilenet_v2's 17 blocks the net has; fewer save flash and time. 0: all."},
    Key{"student", "epochs", &Settings::epochs,
        "# Passes over the training pictures. 0: 60 from nothing, 30 from a backbone."},
    Key{"student", "balance", &Settings::balance,
        "# From 0 (every picture weighs the same) to 1 (every class does): raise it where a class is rare in "
        "training but must\n"
        "# be recognised as well as the others (docs/training.md)."},
    Key{"student", "seed", &Settings::seed, "# The same seed on the same machine gives the same net."},
    Key{"student", "calibration", &Settings::calibration,
        "# From what activations take to what int8 covers: histogram (least squared error) or min-max."},
    Key{"student", "equalise", &Settings::equalise,
        "# on: even out the channels of the residual streams before rounding (docs/training.md)."},
    Key{"student", "qat", &Settings::qat,
        "# Train the int8 net a little further in its own arithmetic: on, off, auto (where rounding cost "
        "accuracy on the\n"
        "# validation pictures). It is kept only if it is better there."},
    Key{"student", "precision", &Settings::precision,
        "# Of what the net says, this share shall be right: below its class's threshold it says \"unknown\". "
        "0: no thresholds."},
    Key{"target", "board", &Settings::board, "# Where `dewdrop test` runs the net."},
    Key{"target", "rounding", &Settings::rounding,
        "# dew: one instruction a value. tflite: to the bit as TensorFlow Lite Micro's reference kernels."},
};

// ---- reading

/// Levenshtein's distance, for the nearest known key.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0]++;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replace = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j + 1] + 1, row[j] + 1, replace});
    }
  }
  return row[b.size()];
}

std::string full_name(std::string_view section, std::string_view name) {
  return section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
}

/// Where in the file an error is told to be.
std::string place(const std::string& path, uint32_t line) {
  return line > 0 ? fmt::format("{}:{}", path, line) : path;
}

tl::unexpected<Error> unknown_key(std::string_view section, std::string_view name, const std::string& where) {
  const std::string wrong = full_name(section, name);
  std::string nearest;
  size_t least = std::numeric_limits<size_t>::max();
  for (const Key& key : kKeys) {
    // A key under the wrong heading is as near as its own name.
    const size_t steps =
        std::min(distance(name.substr(0, 100), key.name),
                 distance(std::string_view(wrong).substr(0, 100), full_name(key.section, key.name)));
    if (steps < least) {
      least = steps;
      nearest = *key.section != '\0' ? fmt::format("{} under [{}]", key.name, key.section)
                                     : fmt::format("{} at the top of the file", key.name);
    }
  }
  return usage_error("there is no setting '" + printable(wrong, 80) + "'", where,
                     "the nearest there is: " + nearest);
}

/// One value into its field; false where the type is wrong.
struct Reader {
  const toml::node& node;
  Settings& settings;

  bool operator()(std::string Settings::*field) const {
    const auto value = node.value_exact<std::string>();
    if (value) settings.*field = *value;
    return value.has_value();
  }
  bool operator()(std::vector<std::string> Settings::*field) const { return read_texts(settings.*field); }
  [[nodiscard]] bool read_texts(std::vector<std::string>& texts) const {
    const toml::array* list = node.as_array();
    if (list == nullptr) return false;
    texts.clear();
    for (const toml::node& item : *list) {
      const auto value = item.value_exact<std::string>();
      if (!value) return false;
      texts.push_back(*value);
    }
    return true;
  }
  bool operator()(Several Settings::*field) const {
    const auto one = node.value_exact<std::string>();
    if (!one) return read_texts((settings.*field).all);
    (settings.*field).all.clear();
    if (!one->empty()) (settings.*field).all.push_back(*one);
    return true;
  }
  bool operator()(std::optional<double> Settings::*field) const {
    if (!node.is_number()) return false;
    settings.*field = *node.value<double>();
    return true;
  }
  bool operator()(std::optional<int64_t> Settings::*field) const {
    settings.*field = node.value_exact<int64_t>();
    return (settings.*field).has_value();
  }
  bool operator()(double Settings::*field) const {
    if (!node.is_number()) return false;
    settings.*field = *node.value<double>();
    return true;
  }
  bool operator()(int Settings::*field) const {
    const auto value = node.value_exact<int64_t>();
    if (!value || *value < std::numeric_limits<int>::min() || *value > std::numeric_limits<int>::max())
      return false;
    settings.*field = static_cast<int>(*value);
    return true;
  }
  bool operator()(uint64_t Settings::*field) const {
    const auto value = node.value_exact<int64_t>();
    if (!value || *value < 0) return false;
    settings.*field = static_cast<uint64_t>(*value);
    return true;
  }
};

const char* type_of(const Field& field) {
  constexpr std::array kTypes{
      "a text in quotes",      "a list of texts in quotes",           "a number", "a whole number",
      "a whole number from 0", "a text in quotes, or a list of them", "a number", "a whole number"};
  return kTypes[field.index()];
}

using Lines = std::map<std::string, uint32_t>;

Result<void> read_table(const toml::table& table, const std::string& section, const std::string& path,
                        Settings& settings, Lines& lines) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const uint32_t line = key.source().begin.line;
    const std::string where = place(path, line);
    const auto known = std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& one) {
      return one.section == section && one.name == name;
    });
    const bool heading = section.empty() && std::any_of(kKeys.begin(), kKeys.end(),
                                                        [&](const Key& one) { return one.section == name; });
    if (known != kKeys.end()) {
      if (!std::visit(Reader{node, settings}, known->field))
        return usage_error(full_name(section, name) + " has a value of the wrong kind", where,
                           std::string("it takes ") + type_of(known->field));
      lines[full_name(section, name)] = line;
    } else if (node.is_table() && heading) {
      DEW_CHECK(read_table(*node.as_table(), name, path, settings, lines));
    } else {
      return unknown_key(section, name, where);
    }
  }
  return {};
}

/// toml++ nests one table in another for each dot of a key and recurses over them without limit. Counts the
/// dots outside of texts and comments; honest settings have a handful.
bool nests_deeply(std::string_view text) {
  constexpr int kMostDots = 500;
  int dots = 0;
  char quote = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == 0 && c == '#')
      at = std::min(text.find('\n', at), text.size());
    else if (quote == 0 && (c == '"' || c == '\''))
      quote = c;
    else if (quote == '"' && c == '\\')
      ++at;
    else if (c == quote || c == '\n')
      quote = 0;
    else if (quote == 0 && c == '.' && ++dots > kMostDots)
      return true;
  }
  return false;
}

Result<toml::table> parse(std::string_view text, const std::string& path) {
  if (text.size() > kMostBytes)
    return usage_error(fmt::format("the settings are longer than {} bytes", kMostBytes), path);
  if (nests_deeply(text)) return usage_error("the settings are nested too deeply", path);
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return usage_error("the settings are not valid TOML: " + printable(error.description()),
                       place(path, error.source().begin.line), "correct that line");
  } catch (const std::exception& error) {
    return usage_error("the settings cannot be read: " + printable(error.what()), path);
  }
}

// ---- writing

std::string toml_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      result += {'\\', c};
    else if (c == '\n')
      result += "\\n";
    else if (byte < 0x20 || byte == 0x7F)
      result += fmt::format("\\u{:04X}", byte);
    else
      result += c;
  }
  return result + '"';
}

struct Writer {
  const Settings& settings;

  std::string operator()(std::string Settings::*field) const { return toml_text(settings.*field); }
  std::string operator()(std::vector<std::string> Settings::*field) const { return list(settings.*field); }
  std::string operator()(Several Settings::*field) const {
    const auto& all = (settings.*field).all;
    if (all.empty()) return toml_text("");
    return all.size() == 1 ? toml_text(all[0]) : list(all);
  }
  template <typename Value>
  std::string operator()(std::optional<Value> Settings::*field) const {
    return settings.*field ? fmt::format("{}", *(settings.*field)) : std::string();
  }
  static std::string list(const std::vector<std::string>& texts) {
    std::vector<std::string> items;
    for (const std::string& item : texts) items.push_back(toml_text(item));
    return "[" + join(items) + "]";
  }
  template <typename Number>
  std::string operator()(Number Settings::*field) const {
    return fmt::format("{}", settings.*field);
  }
};

}  // namespace

std::string to_toml(const Settings& settings) {
  std::string text = "# A Dewdrop project. Edit it freely; `dewdrop --help` tells what each step does.\n";
  std::string section;
  for (const Key& key : kKeys) {
    if (section != key.section) {
      section = key.section;
      text += fmt::format("\n[{}]\n", section);
    } else {
      text += "\n";
    }
    const std::string value = std::visit(Writer{settings}, key.field);
    // What has no value stands as a comment, so that its name is seen.
    text += value.empty() ? fmt::format("{}\n# {} =\n", key.comment, key.name)
                          : fmt::format("{}\n{} = {}\n", key.comment, key.name, value);
  }
  return text;
}

Result<Settings> parse_settings(std::string_view text, const std::string& path) {
  DEW_TRY(const toml::table table, parse(text, path));
  Settings settings;
  Lines lines;
  DEW_CHECK(read_table(table, "", path, settings, lines));
  for (const char* needed : {"name", "question", "classes"})
    if (lines.count(needed) == 0)
      return usage_error(std::string("the setting '") + needed + "' is missing", path, "add it");
  if (const auto problem = store::find_problem(settings))
    return usage_error(problem->what, place(path, lines[problem->key]), problem->next);
  return settings;
}

}  // namespace dew
