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

static void strike_off(uint8_t *numbers, int64_t n, int64_t number) {
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        if (numbers[i] != number)
            numbers[kept++] = numbers[i];
}

static void find_reach(const World *world, State *state) {
    for (int64_t place = 0; place < world->n_locations; place++) {
        int64_t able = state->presence[place];
        for (int64_t edge = world->edge_start[place]; edge < world->edge_start[place + 1]; edge++) {
            int64_t near = world->edge_to[edge];
            if (world->state_of[near] == world->state_of[place])
                able |= state->presence[near];
            else if (world->state_of[place] == world->contested_state)
                able |= state->presence[near] & state->derived.entrants;
        }
        state->reach[place] = able;
    }
}

static void clear_sides(const World *world, State *state) {
    for (int64_t leader = 0; leader < world->n_factions; leader++) {
        state->side_power[leader] = 0.0;
        state->side_fighters[leader] = 0.0;
        state->side_morale[leader] = 0.0;
        state->equipment[leader] = 0.0;
        state->scratch.committed[leader] = 0.0;
    }
}

static int count_faction(const World *world, const Rules *rules, State *state, int64_t faction) {
    int any_gone = 0;
    double people = 0.0, power = 0.0, morale = 0.0, heavy = 0.0;
    double quality = state->side_factor[faction] * (0.5 + world->quality[faction]);
    for (int64_t i = 0; i < state->n_posts[faction];) {
        int64_t place = state->posts[faction][i];
        double here = state->fighters[place][faction];
        if (here <= 0.0) {
            state->strength[place][faction] = 0.0;
            state->presence[place] &= ~((int64_t)1 << faction);
            strike_off(state->here[place], state->n_here[place]--, faction);
            strike_off(state->posts[faction], state->n_posts[faction]--, place);
            any_gone = 1;
            continue;
        }
        i++;
        double mood = state->morale[place][faction];
        double vigour = power_of(mood > MORALE_FLOOR ? mood : MORALE_FLOOR, rules->contest.morale_exponent);
        if (!world->in_theatre[place][faction]) {
            vigour = 0.0;
        } else {
            people += here;
            power += here * vigour;
            morale += here * mood;
            heavy += state->heavy[place][faction];
        }
        state->vigour[place][faction] = vigour;
    }
    int64_t leader = state->side[faction];
    state->power[faction] = quality * power;
    state->side_power[leader] += quality * power;
    state->side_fighters[leader] += people;
    state->side_morale[leader] += quality * morale;
    state->equipment[leader] += heavy;
    state->scratch.committed[leader] += quality * people;
    return any_gone;
}

static void count_factions(const World *world, const Rules *rules, State *state) {
    int any_gone = 0;
    clear_sides(world, state);
    for (int64_t faction = 0; faction < world->n_factions; faction++)
        any_gone |= count_faction(world, rules, state, faction);
    if (any_gone)
        find_reach(world, state);
    for (int64_t leader = 0; leader < world->n_factions; leader++)
        if (state->side_fighters[leader] > 0.0) {
            state->side_morale[leader] /= state->scratch.committed[leader];
            state->equipment[leader] /= state->side_fighters[leader];
        }
}

static void count_means(const World *world, const Rules *rules, State *state) {
    double *bases = state->scratch.committed;
    double *held = state->scratch.moved;
    for (int64_t leader = 0; leader < world->n_factions; leader++)
        bases[leader] = held[leader] = 0.0;
    for (int64_t i = 0; i < state->derived.n_with_airbase; i++) {
        int64_t place = state->derived.with_airbase[i];
        int64_t leader = state->side[world->seat_holder[place]];
        int64_t holder = state->holder[place];
        bases[leader] += world->airbases[place];
        if (holder != NOBODY && state->side[holder] == leader)
            held[leader] += state->airbase[place];
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
    for (int64_t faction = 0; faction < world->n_factions; faction++)
        state->enemy_power[faction] = 0.0;
    for (int64_t enemy = 0; enemy < world->n_factions; enemy++) {
        double power = state->power[enemy];
        if (power > 0.0)
            for (int64_t faction = 0; faction < world->n_factions; faction++) {
                int at_war = (state->is_active[enemy] | state->is_active[faction]) != 0;
                int is_hostile = state->side[enemy] != state->side[faction] && state->tie[enemy][faction] <= HOSTILE_TIE;
                state->enemy_power[faction] += at_war & is_hostile ? power : 0.0;
            }
    }
}

static void set_strengths(const World *world, const Rules *rules, State *state) {
    for (int64_t faction = 0; faction < world->n_factions; faction++) {
        int64_t leader = state->side[faction];
        double equipment = state->equipment[leader] < 1.0 ? state->equipment[leader] : 1.0;
        double means = state->unit_strength[faction] * (1.0 + rules->contest.air_weight * state->air[leader]) *
                       (1.0 + rules->contest.equipment_weight * equipment) *
                       (1.0 + rules->contest.support_weight * state->direct_help[faction]);
        for (int64_t i = 0; i < state->n_posts[faction]; i++) {
            int64_t place = state->posts[faction][i];
            state->strength[place][faction] = state->fighters[place][faction] * means * state->vigour[place][faction];
        }
    }
}

static int is_abandoned(const Rules *rules, const State *state, int64_t place) {
    int64_t holder = state->holder[place];
    double least = rules->advance.melt_share * (state->garrison[place] > 1.0 ? state->garrison[place] : 1.0);
    if (state->fighters[place][holder] >= least)
        return 0;
    double people = 0.0;
    for (int64_t i = 0; i < state->n_here[place]; i++) {
        int64_t faction = state->here[place][i];
        if (state->side[faction] == state->side[holder])
            people += state->fighters[place][faction];
    }
    return people < least;
}

static void count_abandoned(const World *world, const Rules *rules, State *state) {
    state->n_abandoned = 0;
    for (int64_t place = 0; place < world->n_locations; place++) {
        state->abandoned[place] = 0;
        if (state->holder[place] != NOBODY && is_abandoned(rules, state, place)) {
            state->abandoned[place] = 1;
            state->given_up[state->n_abandoned++] = place;
        }
    }
}

void muster_states(const World *world, const Rules *rules, State *states, int64_t n_states, int64_t turns) {
    for (int64_t turn = 0; turn < turns; turn++)
        for (int64_t i = 0; i < n_states; i++) {
            count_factions(world, rules, &states[i]);
            count_means(world, rules, &states[i]);
            count_enemies(world, &states[i]);
            set_strengths(world, rules, &states[i]);
            count_abandoned(world, rules, &states[i]);
        }
}
