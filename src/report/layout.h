// layout: a place on a map for every picture of a set of any size.
#pragma once

#include <cstddef>
#include <vector>

#include "base/base.h"
#include "report/tsne.h"

namespace dew::report {

/// Of so many pictures t-SNE is made, in some 5 s; the others are placed among them.
constexpr size_t kMostLandmarks = 1500;

/// Places in 0...1 x 0...1 of `features.size() / columns` pictures: what lies near one another looks alike to
/// the net that gave the features, distances between groups say little. Nothing is drawn by lot. Up to
/// `most_landmarks` pictures go through tsne(), on the features' 32 main axes. Of more, that many are: most
/// of them taken evenly from the set, the rest the ones that are unlike all of those, so that few odd
/// pictures have a place of their own; each other picture is put into the middle of the landmarks that it is
/// most like (Shepard's weights, the fourth power of the distance). Where all are equal, or a number is not
/// finite, all lie in the middle. Time grows with the pictures. Error: interrupted.
Result<std::vector<Place>> lay_out(const std::vector<float>& features, size_t columns, Watch& watch,
                                   size_t most_landmarks = kMostLandmarks);

}  // namespace dew::report
