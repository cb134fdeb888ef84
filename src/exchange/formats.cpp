#include "exchange/formats.h"

#include "exchange/idx.h"

namespace dew::exchange {

const std::vector<Format>& table_of_formats() {
  static const std::vector<Format> all{kIdx,  kJsonl,       kEdgeImpulse,      kCvat,   kVoc,
                                       kCoco, kHuggingFace, kVertex,           kWandb,  kLabelStudio,
                                       kYolo, kTables,      kTeachableMachine, kFolders};
  return all;
}

}  // namespace dew::exchange
