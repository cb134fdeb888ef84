// The memory plan: gives every buffer an offset such that no two buffers alive in the same wave overlap.
#include <algorithm>
#include <numeric>
#include <random>

#include "compiler/rings.h"
#include "compiler/schedule.h"

namespace dew::compiler {
namespace {

constexpr int64_t kAlignment = 4;
constexpr int kTries = 400;

struct Buffer {
  std::string name;
  int64_t bytes = 0;
  int first_wave = 0;
  int last_wave = 0;
  int64_t offset = 0;
  std::vector<uint32_t*> users;  ///< the offsets in the tables that point here
};

int64_t aligned(int64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

bool together(const Buffer& a, const Buffer& b) {
  return a.first_wave <= b.last_wave && b.first_wave <= a.last_wave;
}

/// What is remembered keeps its place in all waves, so that nothing else is ever put there.
std::vector<Buffer> state_buffers(Plan& plan) {
  std::vector<Buffer> buffers;
  for (const Remembered& state : plan.remembered) {
    Buffer buffer;
    buffer.name = plan.program[state.step].name;
    buffer.bytes = aligned(state.bytes);
    buffer.last_wave = static_cast<int>(plan.waves.size()) - 2;
    for (size_t i = 0; i < plan.program.size(); ++i) {
      Step& step = plan.program[i];
      if (i == state.step || step.overwrites == state.step) buffer.users.push_back(&step.table.offset);
    }
    buffers.push_back(std::move(buffer));
  }
  return buffers;
}

/// Rings live from the wave that fills them to the last one that reads them.
std::vector<Buffer> ring_buffers(Plan& plan) {
  const auto readers = consumers(plan.program);
  std::vector<Buffer> buffers = state_buffers(plan);
  for (size_t i = 0; i < plan.program.size(); ++i) {
    if (plan.program[i].remembered || plan.program[i].overwrites >= 0) continue;
    dew_step& table = plan.program[i].table;
    Buffer buffer;
    buffer.name = plan.program[i].name;
    buffer.bytes = aligned(int64_t{table.ring} * table.row_bytes);
    buffer.first_wave = wave_of(plan, static_cast<int>(i));
    buffer.last_wave = buffer.first_wave;
    for (const int reader : readers[i]) buffer.last_wave = std::max(buffer.last_wave, wave_of(plan, reader));
    if (i + 1 == plan.program.size()) buffer.last_wave = static_cast<int>(plan.waves.size()) - 2;
    buffer.users = {&table.offset};
    buffers.push_back(std::move(buffer));
  }
  return buffers;
}

/// Scratch that a step keeps from row to row is a buffer of its own; all other scratch of a wave shares one
/// buffer.
void add_scratch(Plan& plan, std::vector<Buffer>& buffers) {
  for (size_t wave = 0; wave + 1 < plan.waves.size(); ++wave) {
    Buffer shared;
    shared.name = "scratch";
    shared.first_wave = shared.last_wave = static_cast<int>(wave);
    for (size_t i = plan.waves[wave]; i < plan.waves[wave + 1]; ++i) {
      Step& step = plan.program[i];
      if (step.scratch_bytes == 0) continue;
      if (step.scratch_kept) {
        Buffer own = shared;
        own.name = "sums of " + step.name;
        own.bytes = aligned(step.scratch_bytes);
        own.users = {&step.table.scratch};
        buffers.push_back(std::move(own));
      } else {
        shared.bytes = std::max(shared.bytes, aligned(step.scratch_bytes));
        shared.users.push_back(&step.table.scratch);
      }
    }
    if (shared.bytes > 0) buffers.push_back(std::move(shared));
  }
}

/// A lower bound on the arena: the most bytes alive in any one wave.
int64_t most_live(const std::vector<Buffer>& buffers, size_t waves) {
  std::vector<int64_t> live(waves, 0);
  for (const Buffer& buffer : buffers) {
    for (int wave = buffer.first_wave; wave <= buffer.last_wave; ++wave)
      live[static_cast<size_t>(wave)] += buffer.bytes;
  }
  return *std::max_element(live.begin(), live.end());
}

/// Puts each buffer, in this order, into the lowest gap among those alive at the same time. Returns the
/// arena's size.
int64_t place_in_order(std::vector<Buffer>& buffers, const std::vector<size_t>& order) {
  int64_t arena = 0;
  std::vector<const Buffer*> placed;  // by offset
  for (const size_t index : order) {
    Buffer& buffer = buffers[index];
    int64_t offset = 0;
    for (const Buffer* other : placed) {
      if (!together(*other, buffer)) continue;
      if (other->offset >= offset + buffer.bytes) break;
      offset = std::max(offset, other->offset + other->bytes);
    }
    buffer.offset = offset;
    const auto at = std::upper_bound(placed.begin(), placed.end(), &buffer,
                                     [](const Buffer* a, const Buffer* b) { return a->offset < b->offset; });
    placed.insert(at, &buffer);
    arena = std::max(arena, offset + buffer.bytes);
  }
  return arena;
}

/// Largest first nearly always reaches the bound. If it does not, random pairs of buffers change places in
/// the order; a change that does not enlarge the arena stays.
int64_t place_best(std::vector<Buffer>& buffers, int64_t bound) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; });
  int64_t best = place_in_order(buffers, order);
  std::minstd_rand random(1);  // a fixed seed: the same model gives the same plan
  for (int i = 0; i < kTries && best > bound; ++i) {
    auto other = order;
    std::swap(other[random() % other.size()], other[random() % other.size()]);
    const int64_t arena = place_in_order(buffers, other);
    if (arena > best) continue;
    best = arena;
    order = other;
  }
  return place_in_order(buffers, order);
}

}  // namespace

void place(Plan& plan) {
  std::vector<Buffer> buffers = ring_buffers(plan);
  add_scratch(plan, buffers);
  plan.arena_bytes = place_best(buffers, most_live(buffers, plan.waves.size() - 1));
  plan.placements.clear();
  for (const Buffer& buffer : buffers) {
    for (uint32_t* user : buffer.users) *user = static_cast<uint32_t>(buffer.offset);
    plan.placements.push_back({buffer.name, buffer.offset, buffer.bytes,
                               plan.waves[static_cast<size_t>(buffer.first_wave)],
                               plan.waves[static_cast<size_t>(buffer.last_wave) + 1] - 1});
  }
}

}  // namespace dew::compiler
