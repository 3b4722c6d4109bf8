/* The phase `muster` in C, on the engine's own records: the yardstick for compiled Python.

   benchmark_c.py writes records.h, with the records as structs, from the same dtypes that the engine uses. Sums run in
   the engine's order, so that both give the same bits; -ffp-contract=off keeps the compiler from fusing operations. */

#include <math.h>

#include "records.h"

static double power_of(double base, double exponent) {
    if (exponent == 1.0)
        return base;
    if (exponent == 1.5)
        return base * sqrt(base);
    if (exponent == 2.5)
        return base * base * sqrt(base);
    return pow(base, exponent);
}

static void strike_off(int64_t *numbers, int64_t n, int64_t number) {
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        if (numbers[i] != number)
            numbers[kept++] = numbers[i];
}

static void find_reach(const World *world, State *state) {
    for (int64_t place = 0; place < world->n_locations; place++) {
        int64_t near = state->presence[place];
        for (int64_t edge = world->edge_start[place]; edge < world->edge_start[place + 1]; edge++)
            near |= state->presence[world->edge_to[edge]];
        state->reach[place] = near;
    }
}

static void dismiss_gone(const World *world, State *state) {
    int any_gone = 0;
    for (int64_t place = 0; place < world->n_locations; place++)
        for (int64_t i = state->n_here[place] - 1; i >= 0; i--) {
            int64_t faction = state->here[place][i];
            if (state->fighters[place][faction] <= 0.0) {
                state->strength[place][faction] = 0.0;
                state->presence[place] &= ~((int64_t)1 << faction);
                strike_off(state->here[place], state->n_here[place]--, faction);
                strike_off(state->posts[faction], state->n_posts[faction]--, place);
                any_gone = 1;
            }
        }
    if (any_gone)
        find_reach(world, state);
}

static void count_sides(const World *world, const Rules *rules, State *state) {
    double *committed = state->scratch.committed;
    for (int64_t faction = 0; faction < world->n_factions; faction++) {
        state->power[faction] = 0.0;
        state->side_power[faction] = 0.0;
        state->side_fighters[faction] = 0.0;
        state->side_morale[faction] = 0.0;
        state->equipment[faction] = 0.0;
        committed[faction] = 0.0;
    }
    for (int64_t place = 0; place < world->n_locations; place++)
        for (int64_t i = 0; i < state->n_here[place]; i++) {
            int64_t faction = state->here[place][i];
            double people = state->fighters[place][faction];
            if (!world->in_theatre[place][faction]) {
                state->vigour[place][faction] = 0.0;
                continue;
            }
            int64_t leader = state->side[faction];
            double weight = people * (0.5 + world->quality[faction]);
            double morale = state->morale[place][faction];
            double vigour = power_of(morale > MORALE_FLOOR ? morale : MORALE_FLOOR, rules->contest.morale_exponent);
            double power = weight * vigour;
            state->vigour[place][faction] = vigour;
            state->power[faction] += power;
            state->side_power[leader] += power;
            state->side_fighters[leader] += people;
            state->side_morale[leader] += weight * morale;
            state->equipment[leader] += state->heavy[place][faction];
            committed[leader] += weight;
        }
    for (int64_t leader = 0; leader < world->n_factions; leader++)
        if (state->side_fighters[leader] > 0.0) {
            state->side_morale[leader] /= committed[leader];
            state->equipment[leader] /= state->side_fighters[leader];
        }
}

static void count_means(const World *world, const Rules *rules, State *state) {
    double *bases = state->scratch.committed;
    double *held = state->scratch.moved;
    for (int64_t leader = 0; leader < world->n_factions; leader++)
        bases[leader] = held[leader] = 0.0;
    for (int64_t place = 0; place < world->n_locations; place++) {
        int64_t first = world->seat_holder[place];
        if (world->airbases[place] > 0.0 && first != NOBODY) {
            int64_t leader = state->side[first];
            int64_t holder = state->holder[place];
            bases[leader] += world->airbases[place];
            if (holder != NOBODY && state->side[holder] == leader)
                held[leader] += state->airbase[place];
        }
    }
    for (int64_t leader = 0; leader < world->n_factions; leader++) {
        state->air[leader] = 0.0;
        if (bases[leader] > 0.0) {
            double force = (world->heavy_weapons[leader] - rules->capture.air_threshold) / 0.3;
            force = force > 0.0 ? force : 0.0;
            force = force < 1.0 ? force : 1.0;
            state->air[leader] = force * held[leader] / bases[leader];
        }
    }
}

static void count_enemies(const World *world, State *state) {
    for (int64_t faction = 0; faction < world->n_factions; faction++) {
        double total = 0.0;
        for (int64_t other = 0; other < world->n_factions; other++) {
            int at_war = state->is_active[other] == 1 || state->is_active[faction] == 1;
            if (at_war && state->power[other] > 0.0 && state->side[faction] != state->side[other] &&
                state->tie[faction][other] <= HOSTILE_TIE)
                total += state->power[other];
        }
        state->enemy_power[faction] = total;
    }
}

static void set_strengths(const World *world, const Rules *rules, State *state) {
    double *means = state->scratch.moved;
    for (int64_t faction = 0; faction < world->n_factions; faction++) {
        int64_t leader = state->side[faction];
        double equipment = state->equipment[leader] < 1.0 ? state->equipment[leader] : 1.0;
        means[faction] = state->unit_strength[faction] * (1.0 + rules->contest.air_weight * state->air[leader]) *
                         (1.0 + rules->contest.equipment_weight * equipment) *
                         (1.0 + rules->contest.support_weight * state->direct_help[faction]);
    }
    for (int64_t place = 0; place < world->n_locations; place++)
        for (int64_t i = 0; i < state->n_here[place]; i++) {
            int64_t faction = state->here[place][i];
            state->strength[place][faction] =
                state->fighters[place][faction] * means[faction] * state->vigour[place][faction];
        }
}

static void count_abandoned(const World *world, const Rules *rules, State *state) {
    state->n_abandoned = 0;
    for (int64_t place = 0; place < world->n_locations; place++) {
        int64_t holder = state->holder[place];
        int64_t gone = 0;
        if (holder != NOBODY) {
            int64_t leader = state->side[holder];
            double people = 0.0;
            for (int64_t i = 0; i < state->n_here[place]; i++) {
                int64_t faction = state->here[place][i];
                if (state->side[faction] == leader)
                    people += state->fighters[place][faction];
            }
            double garrison = state->garrison[place] > 1.0 ? state->garrison[place] : 1.0;
            gone = people < rules->advance.melt_share * garrison;
        }
        state->abandoned[place] = gone;
        state->n_abandoned += gone;
    }
}

void muster_states(const World *world, const Rules *rules, State *states, int64_t n_states, int64_t turns) {
    for (int64_t turn = 0; turn < turns; turn++)
        for (int64_t i = 0; i < n_states; i++) {
            dismiss_gone(world, &states[i]);
            count_sides(world, rules, &states[i]);
            count_means(world, rules, &states[i]);
            count_enemies(world, &states[i]);
            set_strengths(world, rules, &states[i]);
            count_abandoned(world, rules, &states[i]);
        }
}
