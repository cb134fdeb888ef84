// Keras' layout in HDF5: attributes name the layers and their weights, in order; the weights are datasets.
#include "student/hdf5.h"

#include <hdf5.h>

#include <cstring>
#include <functional>
#include <utility>

namespace dew::student {
namespace {

constexpr hsize_t kMostNumbers = hsize_t{32} << 20;
constexpr hsize_t kMostNames = 20000;
constexpr size_t kLongestText = size_t{16} << 20;

/// An identifier of the HDF5 library, closed by `close`.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  [[nodiscard]] hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

herr_t refuse_link(const char*, const char*, const char*, const char*, unsigned*, hid_t, void*) {
  return -1;
}

/// Reads one file; its errors name it.
class KerasReader {
 public:
  KerasReader(std::string_view bytes, const std::string& where) : where_(where), access_(link_access()) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // it would print to stderr
    H5PLset_loading_state(0);
    const Handle memory(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_fapl_core(memory.get(), size_t{1} << 20, 0);
    // The library copies the image; it takes no const pointer but writes nothing.
    H5Pset_file_image(memory.get(), const_cast<char*>(bytes.data()), bytes.size());
    file_ = H5Fopen("backbone.h5", H5F_ACC_RDONLY, memory.get());
  }
  KerasReader(const KerasReader&) = delete;
  KerasReader& operator=(const KerasReader&) = delete;
  ~KerasReader() {
    if (file_ >= 0) H5Fclose(file_);
  }

  Result<KerasFile> read() {
    if (file_ < 0) return fault("it is damaged or incomplete");
    KerasFile result;
    const Handle root(H5Gopen2(file_, "/", H5P_DEFAULT), H5Gclose);
    if (!root) return fault("it is damaged");
    if (H5Aexists(root.get(), "model_config") > 0) {
      DEW_TRY(std::vector<std::string> config, texts(root.get(), "model_config"));
      if (!config.empty()) result.config = std::move(config.front());
    }
    // A whole model keeps its weights in a group of their own.
    const bool whole = H5Lexists(root.get(), "model_weights", H5P_DEFAULT) > 0;
    const Handle weights = open(root.get(), whole ? "model_weights" : "/");
    if (!weights) return fault("it is damaged");
    DEW_TRY(const std::vector<std::string> layers, long_list(weights.get(), "layer_names"));
    if (layers.empty()) {
      return fault("it names no layers, as Keras does in 'layer_names' (Keras 3 writes that only to .h5)");
    }
    for (const std::string& layer : layers) DEW_CHECK(read_layer(weights.get(), layer, result.arrays));
    return result;
  }

 private:
  static Handle link_access() {
    Handle access(H5Pcreate(H5P_LINK_ACCESS), H5Pclose);
    H5Pset_elink_cb(access.get(), refuse_link, nullptr);
    return access;
  }

  [[nodiscard]] tl::unexpected<Error> fault(const std::string& why) const {
    return work_error("cannot read the Keras file: " + why, where_,
                      "give a .h5 file that Keras wrote (model.save_weights or model.save)");
  }

  [[nodiscard]] Handle open(hid_t at, const std::string& name) const {
    return {H5Oopen(at, name.c_str(), access_.get()), H5Oclose};
  }

  Result<void> read_layer(hid_t weights, const std::string& layer, std::vector<NamedArray>& arrays) {
    const Handle group = open(weights, layer);
    if (!group || H5Iget_type(group.get()) != H5I_GROUP) {
      return fault("the layer '" + printable(layer, 60) + "' is missing");
    }
    DEW_TRY(const std::vector<std::string> names, long_list(group.get(), "weight_names"));
    for (const std::string& name : names) {
      const Handle dataset = open(group.get(), name);
      if (!dataset || H5Iget_type(dataset.get()) != H5I_DATASET) {
        return fault("the weights '" + printable(name, 60) + "' are missing");
      }
      DEW_TRY(NamedArray array, numbers(dataset.get(), name));
      arrays.push_back(std::move(array));
    }
    return {};
  }

  Result<NamedArray> numbers(hid_t dataset, const std::string& name) {
    const std::string what = "the weights '" + printable(name, 60) + "' ";
    const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
    if (!creation || H5Pget_external_count(creation.get()) != 0 ||
        H5Pget_layout(creation.get()) == H5D_VIRTUAL) {
      return fault(what + "are kept outside of the file");
    }
    const Handle type(H5Dget_type(dataset), H5Tclose);
    const Handle space(H5Dget_space(dataset), H5Sclose);
    const int dimensions = space ? H5Sget_simple_extent_ndims(space.get()) : -1;
    if (!type || H5Tget_class(type.get()) != H5T_FLOAT || H5Tget_size(type.get()) > 8 || dimensions < 0 ||
        dimensions > 8) {
      return fault(what + "are not an array of floating-point numbers");
    }
    hsize_t sizes[8] = {};
    H5Sget_simple_extent_dims(space.get(), sizes, nullptr);
    NamedArray array{name, {}, {}};
    hsize_t count = 1;
    for (int d = 0; d < dimensions; ++d) {
      if (sizes[d] > kMostNumbers || count * sizes[d] > kMostNumbers - read_) {
        return fault("it holds more than 32 million numbers");
      }
      count *= sizes[d];
      array.sizes.push_back(static_cast<int64_t>(sizes[d]));
    }
    read_ += count;
    array.values.resize(count);
    if (count > 0 &&
        H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data()) < 0) {
      return fault(what + "cannot be read");
    }
    return array;
  }

  /// The texts of an attribute, or of its parts name0, name1, … where the list was too long for one.
  Result<std::vector<std::string>> long_list(hid_t at, const std::string& name) {
    if (H5Aexists(at, name.c_str()) > 0) return texts(at, name);
    std::vector<std::string> all;
    for (int part = 0; H5Aexists(at, (name + std::to_string(part)).c_str()) > 0; ++part) {
      DEW_TRY(const std::vector<std::string> some, texts(at, name + std::to_string(part)));
      all.insert(all.end(), some.begin(), some.end());
      if (all.size() > kMostNames) return fault("it names too many weights");
    }
    return all;
  }

  Result<std::vector<std::string>> texts(hid_t at, const std::string& name) {
    const Handle attribute(H5Aopen(at, name.c_str(), H5P_DEFAULT), H5Aclose);
    if (!attribute) return fault("'" + name + "' cannot be read");
    const Handle type(H5Aget_type(attribute.get()), H5Tclose);
    const Handle space(H5Aget_space(attribute.get()), H5Sclose);
    const hssize_t count = space ? H5Sget_simple_extent_npoints(space.get()) : -1;
    if (count == 0) return std::vector<std::string>();  // an empty list has the type of no texts
    if (count < 0 || static_cast<hsize_t>(count) > kMostNames || !type ||
        H5Tget_class(type.get()) != H5T_STRING) {
      return fault("'" + name + "' is not a list of names");
    }
    const bool read = H5Tis_variable_str(type.get()) > 0;
    return read ? variable_texts(attribute.get(), space.get(), static_cast<size_t>(count), name)
                : fixed_texts(attribute.get(), type.get(), static_cast<size_t>(count), name);
  }

  Result<std::vector<std::string>> fixed_texts(hid_t attribute, hid_t type, size_t count,
                                               const std::string& name) {
    const size_t width = H5Tget_size(type);
    if (width == 0 || width > kLongestText || width * count > kLongestText) {
      return fault("'" + name + "' is too long");
    }
    std::string block(width * count, '\0');
    if (H5Aread(attribute, type, block.data()) < 0) return fault("'" + name + "' cannot be read");
    std::vector<std::string> result;
    for (size_t i = 0; i < count; ++i) {
      const std::string text = block.substr(i * width, width);
      result.push_back(text.substr(0, text.find('\0')));
    }
    return result;
  }

  Result<std::vector<std::string>> variable_texts(hid_t attribute, hid_t space, size_t count,
                                                  const std::string& name) {
    const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), H5T_VARIABLE);
    // A text of Unicode is not converted, so the type has to say what the file's says.
    const Handle file_type(H5Aget_type(attribute), H5Tclose);
    H5Tset_cset(type.get(), H5Tget_cset(file_type.get()));
    std::vector<char*> pointers(count, nullptr);
    if (H5Aread(attribute, type.get(), pointers.data()) < 0) return fault("'" + name + "' cannot be read");
    std::vector<std::string> result;
    size_t total = 0;
    for (const char* text : pointers) {
      const size_t length = text == nullptr ? 0 : strnlen(text, kLongestText);
      total += length;
      if (total <= kLongestText) result.emplace_back(text == nullptr ? "" : text, length);
    }
    H5Dvlen_reclaim(type.get(), space, H5P_DEFAULT, pointers.data());
    if (total > kLongestText) return fault("'" + name + "' is too long");
    return result;
  }

  std::string where_;
  Handle access_;
  hid_t file_ = -1;
  hsize_t read_ = 0;  ///< numbers so far
};

}  // namespace

Result<KerasFile> read_hdf5(std::string_view bytes, const std::string& where) {
  return KerasReader(bytes, where).read();
}

}  // namespace dew::student
