// Constants, kernel tables and steps as C initialisers. One `describe` for each table type: its fields in the
// order in which they are declared, because C++ before C++20 has no designated initialisers.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "compiler/emit.h"
#include "compiler/kernel_table.h"

namespace dew::compiler {
namespace {

constexpr size_t kLineWidth = 110;

/// The name of a table in the emitted file: it has the model's in it, so that two files can share a unit.
std::string own(const Plan& plan, const std::string& name) {
  return "dew_" + plan.symbol + "_" + name;
}

/// Writes `/*field*/ value, ...`; a pointer becomes the name of the constant it points to.
class Initialiser {
 public:
  explicit Initialiser(const Plan& plan) {
    for (const auto& constant : plan.constants) names_[constant->bytes.data()] = own(plan, constant->name);
  }

  Initialiser& field(std::string_view name, int64_t value) { return raw(name, std::to_string(value)); }
  Initialiser& field(std::string_view name, const void* pointer) { return raw(name, address(pointer)); }
  Initialiser& open(std::string_view name) {
    text_ += fmt::format("{}/*{}*/ {{", separator_, name);
    separator_ = "";
    return *this;
  }
  Initialiser& close() {
    text_ += "}";
    separator_ = ", ";
    return *this;
  }
  Initialiser& raw(std::string_view name, std::string_view value) {
    text_ += fmt::format("{}/*{}*/ {}", separator_, name, value);
    separator_ = ", ";
    return *this;
  }

  [[nodiscard]] std::string address(const void* pointer) const {
    return pointer == nullptr ? "0" : names_.at(pointer);
  }

  /// Returns what has been written, broken into lines, and starts again.
  std::string take(std::string_view indent) {
    std::string out(indent);
    size_t width = indent.size();
    size_t begin = 0;
    while (begin < text_.size()) {
      const size_t end = std::min(text_.size(), text_.find(", ", begin));
      const size_t stop = std::min(text_.size(), end + 2);
      if (width + end + 1 - begin > kLineWidth) {
        out.back() = '\n';
        out += indent;
        width = indent.size();
      }
      out.append(text_, begin, stop - begin);
      width += stop - begin;
      begin = stop;
    }
    text_.clear();
    separator_ = "";
    return out;
  }

 private:
  std::map<const void*, std::string> names_;
  std::string text_;
  std::string_view separator_;
};

void describe(const dew_scale& s, Initialiser& to) {
  to.open("scale").field("bias", s.bias).field("multiplier", s.multiplier).field("shift", s.shift);
  to.field("zero_point", s.zero_point).field("low", s.low).field("high", s.high).close();
}

void describe(const dew_paired_scale& s, Initialiser& to) {
  to.open("scale").field("pairs", s.pairs).field("shift", s.shift);
  to.field("zero_point", s.zero_point).field("low", s.low).field("high", s.high).close();
}

void describe(const dew_operand& o, Initialiser& to) {
  to.open("second").field("constant", o.constant).field("step", o.step).field("period", o.period).close();
}

void describe(const dew_depthwise& l, Initialiser& to) {
  to.field("weights", l.weights).field("zero", l.zero);
  describe(l.scale, to);
  to.field("in_width", l.in_width).field("in_channels", l.in_channels).field("out_width", l.out_width);
  to.field("kernel_height", l.kernel_height).field("kernel_width", l.kernel_width).field("stride", l.stride);
  to.field("dilation", l.dilation).field("pad", l.pad).field("multiplier", l.multiplier);
}

void describe(const dew_tiled& l, Initialiser& to) {
  to.field("weights", l.weights).field("zero", l.zero);
  describe(l.scale, to);
  to.field("in_width", l.in_width).field("in_channels", l.in_channels).field("out_width", l.out_width);
  to.field("out_channels", l.out_channels).field("kernel_height", l.kernel_height);
  to.field("kernel_width", l.kernel_width).field("stride", l.stride).field("dilation", l.dilation);
  to.field("pad", l.pad).field("tile", l.tile).field("blocks", l.blocks).field("pixel_step", l.pixel_step);
  to.field("channel_step", l.channel_step).field("pad_before", l.pad_before).field("pad_after", l.pad_after);
}

void describe(const dew_laned& l, Initialiser& to) {
  to.open("conv");
  describe(l.conv, to);
  to.close();
  to.field("bias", l.bias)
      .field("lifted", l.lifted)
      .field("multiplier", l.multiplier)
      .field("shift", l.shift);
}

void describe(const dew_laned_depthwise& l, Initialiser& to) {
  to.field("weights", l.weights).field("zero", l.zero);
  describe(l.scale, to);
  to.field("in_width", l.in_width).field("channels", l.channels).field("out_width", l.out_width);
  to.field("kernel_height", l.kernel_height).field("kernel_width", l.kernel_width).field("stride", l.stride);
  to.field("dilation", l.dilation).field("pad", l.pad);
}

void describe(const dew_depthwise_planar& l, Initialiser& to) {
  to.field("weights", l.weights);
  describe(l.scale, to);
  to.field("pitch", l.pitch).field("out_width", l.out_width).field("channels", l.channels);
  to.field("stride", l.stride);
}

void describe(const dew_add& l, Initialiser& to) {
  describe(l.second, to);
  to.field("weight_a", l.weight_a).field("weight_b", l.weight_b).field("offset", l.offset);
  to.field("shift", l.shift).field("low", l.low).field("high", l.high).field("count", l.count);
}

void describe(const dew_add_tflite& l, Initialiser& to) {
  describe(l.second, to);
  to.field("multiplier_a", l.multiplier_a).field("multiplier_b", l.multiplier_b);
  to.field("multiplier", l.multiplier).field("shift_a", l.shift_a).field("shift_b", l.shift_b);
  to.field("shift", l.shift).field("zero_a", l.zero_a).field("zero_b", l.zero_b);
  to.field("zero_point", l.zero_point).field("low", l.low).field("high", l.high).field("count", l.count);
}

void describe(const dew_multiply& l, Initialiser& to) {
  describe(l.second, to);
  to.field("multiplier", l.multiplier).field("shift", l.shift).field("zero_a", l.zero_a);
  to.field("zero_b", l.zero_b).field("zero_point", l.zero_point).field("low", l.low).field("high", l.high);
  to.field("count", l.count);
}

void describe(const dew_pool& l, Initialiser& to) {
  to.field("multiplier", l.multiplier).field("in_width", l.in_width).field("out_width", l.out_width);
  to.field("channels", l.channels).field("in_rows", l.in_rows).field("height", l.height);
  to.field("width", l.width).field("stride_y", l.stride_y).field("stride_x", l.stride_x);
  to.field("pad_y", l.pad_y).field("pad_x", l.pad_x).field("low", l.low).field("high", l.high);
}

void describe(const dew_mean& l, Initialiser& to) {
  to.field("start", l.start).field("multiplier", l.multiplier).field("shift", l.shift);
  to.field("zero_point", l.zero_point).field("low", l.low).field("high", l.high).field("width", l.width);
  to.field("channels", l.channels);
}

void describe(const dew_divide& l, Initialiser& to) {
  describe(l.second, to);
  to.field("tables", l.tables).field("count", l.count);
}

void describe(const dew_known& l, Initialiser& to) {
  to.field("weights", l.weights).field("limits", l.limits).field("classes", l.classes);
  to.field("features", l.features).field("zero_point", l.zero_point);
}

void describe(const dew_log_softmax& l, Initialiser& to) {
  to.field("exponential", l.exponential).field("multiplier", l.multiplier).field("shift", l.shift);
  to.field("entries", l.entries).field("depth", l.depth).field("count", l.count);
}

void describe(const dew_lookup& l, Initialiser& to) {
  to.field("table", l.table).field("count", l.count);
}

void describe(const dew_pad& l, Initialiser& to) {
  to.field("zero_point", l.zero_point).field("in_width", l.in_width).field("in_channels", l.in_channels);
  to.field("left", l.left).field("right", l.right).field("before", l.before).field("after", l.after);
}

void describe(const dew_concatenation& l, Initialiser& to) {
  to.field("constant", l.constant).field("step", l.step).field("first", l.first);
  to.field("second", l.second).field("times", l.times).field("turned", l.turned);
}

void describe(const dew_maximum& l, Initialiser& to) {
  describe(l.second, to);
  to.field("smaller", l.smaller).field("count", l.count);
}

void describe(const dew_prelu& l, Initialiser& to) {
  describe(l.second, to);
  to.field("multiplier", l.multiplier).field("multiplier_below", l.multiplier_below);
  to.field("shift", l.shift).field("shift_below", l.shift_below).field("zero_in", l.zero_in);
  to.field("zero_slope", l.zero_slope).field("zero_point", l.zero_point).field("count", l.count);
}

void describe(const dew_resize& l, Initialiser& to) {
  to.field("rows", l.rows).field("columns", l.columns).field("out_width", l.out_width);
  to.field("channels", l.channels);
}

void describe(const dew_slice& l, Initialiser& to) {
  to.field("offset", l.offset).field("columns", l.columns).field("column_stride", l.column_stride);
  to.field("channels", l.channels).field("channel_stride", l.channel_stride).field("row", l.row);
}

void describe(const dew_subtract_tflite& l, Initialiser& to) {
  describe(l.second, to);
  to.field("multiplier_a", l.multiplier_a).field("multiplier_b", l.multiplier_b);
  to.field("multiplier", l.multiplier).field("shift_a", l.shift_a).field("shift_b", l.shift_b);
  to.field("shift", l.shift).field("zero_a", l.zero_a).field("zero_b", l.zero_b);
  to.field("zero_point", l.zero_point).field("low", l.low).field("high", l.high);
  to.field("sign", l.sign).field("count", l.count);
}

void describe(const dew_softmax& l, Initialiser& to) {
  to.field("exponential", l.exponential).field("entries", l.entries).field("depth", l.depth);
  to.field("count", l.count);
}

void describe(const dew_transpose& l, Initialiser& to) {
  to.raw("extent", fmt::format("{{{}, {}, {}, {}}}", l.extent[0], l.extent[1], l.extent[2], l.extent[3]));
  to.raw("stride", fmt::format("{{{}, {}, {}, {}}}", l.stride[0], l.stride[1], l.stride[2], l.stride[3]));
}

template <typename T>
std::string type_name();
#define DEW_TYPE_NAME(type)       \
  template <>                     \
  std::string type_name<type>() { \
    return #type;                 \
  }
DEW_TYPE_NAME(dew_add)
DEW_TYPE_NAME(dew_add_tflite)
DEW_TYPE_NAME(dew_concatenation)
DEW_TYPE_NAME(dew_depthwise)
DEW_TYPE_NAME(dew_depthwise_planar)
DEW_TYPE_NAME(dew_divide)
DEW_TYPE_NAME(dew_known)
DEW_TYPE_NAME(dew_laned)
DEW_TYPE_NAME(dew_laned_depthwise)
DEW_TYPE_NAME(dew_log_softmax)
DEW_TYPE_NAME(dew_lookup)
DEW_TYPE_NAME(dew_maximum)
DEW_TYPE_NAME(dew_mean)
DEW_TYPE_NAME(dew_multiply)
DEW_TYPE_NAME(dew_pad)
DEW_TYPE_NAME(dew_pool)
DEW_TYPE_NAME(dew_prelu)
DEW_TYPE_NAME(dew_resize)
DEW_TYPE_NAME(dew_slice)
DEW_TYPE_NAME(dew_softmax)
DEW_TYPE_NAME(dew_subtract_tflite)
DEW_TYPE_NAME(dew_tiled)
DEW_TYPE_NAME(dew_transpose)
#undef DEW_TYPE_NAME

template <typename T>
std::vector<int64_t> values_of(const Constant& constant) {
  std::vector<T> values(constant.bytes.size() / sizeof(T));
  std::memcpy(values.data(), constant.bytes.data(), constant.bytes.size());
  return {values.begin(), values.end()};
}

/// INT32_MIN has no literal of type int.
std::string literal(int64_t value) {
  return value == INT32_MIN ? "-2147483647 - 1" : std::to_string(value);
}

void append_values(const std::vector<int64_t>& values, std::string& out) {
  std::string line = " ";
  for (const int64_t value : values) {
    const std::string word = fmt::format(" {},", literal(value));
    if (line.size() + word.size() > kLineWidth) {
      out += line + "\n";
      line = " ";
    }
    line += word;
  }
  out += line + "\n";
}

}  // namespace

std::string constant_text(const Plan& plan) {
  std::string out;
  for (const auto& constant : plan.constants) {
    const bool bytes = constant->type == Constant::Type::kInt8;
    const auto values = bytes ? values_of<int8_t>(*constant) : values_of<int32_t>(*constant);
    out += fmt::format("static const {} {}[{}] = {{\n", bytes ? "int8_t" : "int32_t",
                       own(plan, constant->name), values.size());
    append_values(values, out);
    out += "};\n";
  }
  return out;
}

std::string kernel_table_text(const Plan& plan) {
  Initialiser to(plan);
  std::string out;
  for (size_t i = 1; i < plan.program.size(); ++i) {
    if (plan.program[i].kernel_table == nullptr) continue;
    std::visit(
        [&]<typename T>(const T& fields) {
          describe(fields, to);
          out += fmt::format("/* {} */\nstatic const {} {} = {{\n{}}};\n", comment(plan.program[i].name),
                             type_name<T>(), own(plan, fmt::format("layer_{}", i)), to.take("    "));
        },
        plan.program[i].kernel_table->fields);
  }
  return out;
}

std::string step_text(const Plan& plan) {
  Initialiser to(plan);
  std::string out = "static const dew_step " + own(plan, "steps") + "[] = {\n";
  for (size_t i = 0; i < plan.program.size(); ++i) {
    const Step& step = plan.program[i];
    const dew_step& t = step.table;
    const bool runs = !step.kernel.empty();
    to.raw("run", runs ? step.kernel + "_row" : "0");
    to.raw("layer", !runs ? "0" : "&" + own(plan, fmt::format("layer_{}", i)));
    to.field("zero", t.zero).field("offset", t.offset).field("row_bytes", t.row_bytes);
    to.field("scratch", t.scratch).field("rows", t.rows).field("ring", t.ring).field("events", t.events);
    to.field("in", t.in).raw("in2", t.in2 == DEW_NONE ? "DEW_NONE" : std::to_string(t.in2));
    to.field("extent", t.extent).field("taps", t.taps).field("dilation", t.dilation);
    to.field("stride", t.stride).field("pad", t.pad);
    out += fmt::format("    /* {}: {} */\n    {{\n{}}},\n", i, comment(step.name), to.take("        "));
  }
  return out + "};\n";
}

}  // namespace dew::compiler
