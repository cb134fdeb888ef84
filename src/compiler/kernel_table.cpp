// See plan.h: what a plan's users may ask of a kernel table without seeing the kernels.
#include "compiler/kernel_table.h"

namespace dew::compiler {

const void* address_of(const KernelTable* table) {
  if (table == nullptr) return nullptr;
  return std::visit([](const auto& fields) -> const void* { return &fields; }, table->fields);
}

}  // namespace dew::compiler
