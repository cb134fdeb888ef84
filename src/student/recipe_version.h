// A door of the room: which recipes a net was made by.
#pragma once

namespace dew::student {

/// Raise it with every change to training, augmentation or rounding to int8 that changes the net that comes
/// of the same pictures and settings: a project's earlier runs then no longer count as the same.
constexpr int kRecipeVersion = 4;

}  // namespace dew::student
