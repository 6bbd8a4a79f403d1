// What small controllers do all day, as one module: lists, matrices, a scanner, checksums, text,
// a transform, packing, timers.
//
// Not CoreMark, but of its kind, so that footprints and instruction counts can be compared in
// scale: about as much code, no imports, no floats, 2 KiB of working set. `run(n)` does the work n
// times over and answers with a checksum that every part goes into.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef short i16;
typedef int i32;

#define EXPORT(name) __attribute__((export_name(name)))
#define NOINLINE __attribute__((noinline))
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

// ---- checksums ---------------------------------------------------------------------------------

static NOINLINE u16 crc_byte(u8 byte, u16 crc) {
    for (i32 bit = 0; bit < 8; bit++) {
        u32 odd = (byte ^ crc) & 1;
        byte >>= 1;
        crc >>= 1;
        if (odd) crc ^= 0xA001;
    }
    return crc;
}

static NOINLINE u16 crc_half(u16 half, u16 crc) { return crc_byte(half >> 8, crc_byte((u8)half, crc)); }

static u16 crc_word(u32 word, u16 crc) { return crc_half(word >> 16, crc_half((u16)word, crc)); }

static u32 random(u32 *state) {
    u32 x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

// ---- linked lists ------------------------------------------------------------------------------

struct reading {
    i16 value;
    i16 sensor;
};

struct node {
    struct node *next;
    struct reading *reading;
};

#define READINGS 60

static struct node nodes[READINGS + 2];
static struct reading readings[READINGS + 2];
static u32 used;

typedef i32 (*order)(const struct reading *, const struct reading *);

// A value that has been worked on is marked, so that the work is done once.
static NOINLINE i32 weight(struct reading *reading) {
    i16 value = reading->value;
    if (value & 0x80) return value & 0x7F;
    u16 crc = (u16)reading->sensor;
    i32 kind = value & 7;
    u32 digit = (value >> 3) & 15;
    switch (kind) {
    case 0: crc = crc_half(digit | digit << 4, crc); break;
    case 1: crc = crc_byte((u8)value, crc); break;
    case 2: crc = (u16)(crc * 31 + digit); break;
    case 3: crc = (u16)(crc ^ digit << 9); break;
    default: crc = (u16)(crc + value);
    }
    reading->value = (i16)((value & 0xFF00) | 0x80 | (crc & 0x7F));
    return crc & 0x7F;
}

static i32 by_weight(const struct reading *a, const struct reading *b) {
    return weight((struct reading *)a) - weight((struct reading *)b);
}

static i32 by_sensor(const struct reading *a, const struct reading *b) { return a->sensor - b->sensor; }

static struct node *insert(struct node *after, struct reading reading) {
    if (used >= LENGTH(nodes)) return 0;
    struct node *node = &nodes[used];
    readings[used] = reading;
    node->reading = &readings[used++];
    node->next = after->next;
    after->next = node;
    return node;
}

static struct node *remove_next(struct node *node) {
    struct node *gone = node->next;
    struct reading *reading = gone->reading;
    gone->reading = node->reading;
    node->reading = reading;
    node->next = gone->next;
    gone->next = 0;
    return gone;
}

static void put_back(struct node *gone, struct node *node) {
    struct reading *reading = gone->reading;
    gone->reading = node->reading;
    node->reading = reading;
    gone->next = node->next;
    node->next = gone;
}

static NOINLINE struct node *find(struct node *list, i16 sensor, i16 value) {
    if (sensor >= 0) {
        while (list && list->reading->sensor != sensor) list = list->next;
    } else {
        while (list && (list->reading->value & 0xFF) != value) list = list->next;
    }
    return list;
}

static NOINLINE struct node *reverse(struct node *list) {
    struct node *done = 0;
    while (list) {
        struct node *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

// Merge sort from the bottom up: runs of 1, 2, 4 … until one merge is all.
static NOINLINE struct node *sort(struct node *list, order order) {
    for (i32 size = 1;; size *= 2) {
        struct node *left = list, *tail = 0;
        i32 merges = 0;
        list = 0;
        while (left) {
            merges++;
            struct node *right = left;
            i32 lefts = 0, rights = size;
            while (lefts < size && right) {
                lefts++;
                right = right->next;
            }
            while (lefts > 0 || (rights > 0 && right)) {
                struct node *least;
                if (lefts == 0 || (rights > 0 && right && order(left->reading, right->reading) > 0)) {
                    least = right;
                    right = right->next;
                    rights--;
                } else {
                    least = left;
                    left = left->next;
                    lefts--;
                }
                if (tail) tail->next = least;
                else list = least;
                tail = least;
            }
            left = right;
        }
        if (tail) tail->next = 0;
        if (merges <= 1) return list;
    }
}

static struct node *make_list(u32 seed) {
    used = 1;
    nodes[0].next = 0;
    nodes[0].reading = &readings[0];
    readings[0] = (struct reading){.value = -1, .sensor = 0x7FFF};
    for (i16 sensor = 0; sensor < READINGS; sensor++) {
        i16 value = (i16)(random(&seed) & 0x7F7F);
        insert(&nodes[0], (struct reading){.value = value, .sensor = sensor});
    }
    return &nodes[0];
}

static NOINLINE u16 lists(u32 seed, i32 searches) {
    struct node *list = make_list(seed);
    u16 crc = 0, found = 0, missed = 0;
    for (i32 search = 0; search < searches; search++) {
        i16 sensor = search & 1 ? -1 : (i16)(search * 3);
        struct node *node = find(list, sensor, (i16)(search & 0xFF));
        list = reverse(list);
        if (!node) {
            missed++;
            crc = crc_byte((u8)list->reading->value, crc);
        } else {
            found++;
            if (node->reading->value & 1) crc = crc_half((u16)node->reading->value, crc);
            if (node->next && node->next->next) {
                struct node *second = node->next;
                node->next = second->next;
                second->next = list->next;
                list->next = second;
            }
        }
    }
    crc = crc_half((u16)(found * 4 - missed), crc);
    list = sort(list, by_weight);
    struct node *gone = remove_next(list);
    for (struct node *node = list; node; node = node->next) crc = crc_half((u16)node->reading->value, crc);
    put_back(gone, list);
    list = sort(list, by_sensor);
    for (struct node *node = list; node; node = node->next) crc = crc_half((u16)node->reading->sensor, crc);
    return crc;
}

// ---- matrices ----------------------------------------------------------------------------------

#define SIDE 9

static i16 left[SIDE * SIDE], right[SIDE * SIDE];
static i32 product[SIDE * SIDE];

static NOINLINE void add_everywhere(i16 *matrix, i16 value) {
    for (i32 at = 0; at < SIDE * SIDE; at++) matrix[at] = (i16)(matrix[at] + value);
}

static NOINLINE void scale(i32 *result, const i16 *matrix, i16 factor) {
    for (i32 row = 0; row < SIDE; row++)
        for (i32 column = 0; column < SIDE; column++)
            result[row * SIDE + column] = matrix[row * SIDE + column] * factor;
}

static NOINLINE void multiply_vector(i32 *result, const i16 *matrix, const i16 *vector) {
    for (i32 row = 0; row < SIDE; row++) {
        i32 sum = 0;
        for (i32 column = 0; column < SIDE; column++) sum += matrix[row * SIDE + column] * vector[column];
        result[row] = sum;
    }
}

static NOINLINE void multiply(i32 *result, const i16 *a, const i16 *b) {
    for (i32 row = 0; row < SIDE; row++) {
        for (i32 column = 0; column < SIDE; column++) {
            i32 sum = 0;
            for (i32 k = 0; k < SIDE; k++) sum += a[row * SIDE + k] * b[k * SIDE + column];
            result[row * SIDE + column] = sum;
        }
    }
}

static NOINLINE void multiply_bits(i32 *result, const i16 *a, const i16 *b) {
    for (i32 row = 0; row < SIDE; row++) {
        for (i32 column = 0; column < SIDE; column++) {
            i32 sum = 0;
            for (i32 k = 0; k < SIDE; k++) {
                i32 term = a[row * SIDE + k] * b[k * SIDE + column];
                sum += ((term >> 2) & 0xF) * ((term >> 5) & 0x7F);
            }
            result[row * SIDE + column] = sum;
        }
    }
}

static NOINLINE i16 ups(const i32 *matrix, i32 clip) {
    i32 sum = 0, last = 0;
    i16 score = 0;
    for (i32 at = 0; at < SIDE * SIDE; at++) {
        i32 now = matrix[at];
        sum += now;
        if (sum > clip) {
            score += 10;
            sum = 0;
        } else {
            score += now > last;
        }
        last = now;
    }
    return score;
}

static NOINLINE u16 matrices(u32 seed, i16 value, u16 crc) {
    for (i32 at = 0; at < SIDE * SIDE; at++) {
        left[at] = (i16)(random(&seed) & 0xFF);
        right[at] = (i16)((at + value) & 0x3F);
    }
    i32 clip = value | 0xF000;
    add_everywhere(left, value);
    scale(product, left, value);
    crc = crc_half((u16)ups(product, clip), crc);
    multiply_vector(product, left, right);
    crc = crc_half((u16)ups(product, clip), crc);
    multiply(product, left, right);
    crc = crc_half((u16)ups(product, clip), crc);
    multiply_bits(product, left, right);
    crc = crc_half((u16)ups(product, clip), crc);
    add_everywhere(left, (i16)-value);
    return crc;
}

// ---- a scanner of numbers ----------------------------------------------------------------------

enum state { START, BAD, SIGN, INTEGER, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, POWER, STATES };

static const char *const samples[] = {
    "5012", "1234", "-874", "+122", "35.54400", ".1234500", "-110.700", "+0.64400", "5.500e+3",
    "-.123e-2", "-87e+832", "+0.6e-12", "T0.3e-1F", "-T.T++Tq", "1T3.4e4z", "34.0e-T^",
};

static char text[512];

static u32 is_digit(char c) { return (u32)(c - '0') < 10; }

// Reads one word up to its comma and counts how it got there.
static NOINLINE enum state scan(const char **from, u32 *steps) {
    const char *at = *from;
    enum state state = START;
    for (; *at && state != BAD; at++) {
        char c = *at;
        if (c == ',') {
            at++;
            break;
        }
        switch (state) {
        case START:
            if (is_digit(c)) state = INTEGER;
            else if (c == '+' || c == '-') state = SIGN;
            else if (c == '.') state = POINT;
            else state = BAD;
            steps[START]++;
            break;
        case SIGN:
            state = is_digit(c) ? INTEGER : c == '.' ? POINT : BAD;
            steps[SIGN]++;
            break;
        case INTEGER:
            if (c == '.') {
                state = FRACTION;
                steps[INTEGER]++;
            } else if (c == 'e' || c == 'E') {
                state = EXPONENT;
                steps[INTEGER]++;
            } else if (!is_digit(c)) {
                state = BAD;
                steps[INTEGER]++;
            }
            break;
        case POINT:
        case FRACTION:
            if (c == 'e' || c == 'E') {
                steps[state]++;
                state = EXPONENT;
            } else if (!is_digit(c)) {
                steps[state]++;
                state = BAD;
            }
            break;
        case EXPONENT:
            state = c == '+' || c == '-' ? EXPONENT_SIGN : BAD;
            steps[EXPONENT]++;
            break;
        case EXPONENT_SIGN:
            state = is_digit(c) ? POWER : BAD;
            steps[EXPONENT_SIGN]++;
            break;
        case POWER:
            if (!is_digit(c)) {
                state = BAD;
                steps[POWER]++;
            }
            break;
        default: break;
        }
    }
    if (state == BAD) {
        steps[BAD]++;
        while (*at && *at != ',') at++;
        if (*at) at++;
    }
    *from = at;
    return state;
}

static NOINLINE u32 write_samples(u32 seed) {
    u32 length = 0;
    for (;;) {
        const char *sample = samples[random(&seed) & 15];
        u32 size = 0;
        while (sample[size]) size++;
        if (length + size + 2 > sizeof text) break;
        for (u32 at = 0; at < size; at++) text[length++] = sample[at];
        text[length++] = ',';
    }
    text[length] = 0;
    return length;
}

static NOINLINE u16 scans(u32 seed, u32 stride, u16 crc) {
    u32 final[STATES], steps[STATES];
    for (i32 state = 0; state < STATES; state++) final[state] = steps[state] = 0;
    u32 length = write_samples(seed);
    for (i32 pass = 0; pass < 2; pass++) {
        const char *at = text;
        while (*at) final[scan(&at, steps)]++;
        // Spoil some characters, and mend them after the second pass.
        for (u32 at = 0; at < length; at += stride)
            if (text[at] != ',') text[at] ^= (char)seed & 15 ? 1 : 3;
    }
    for (i32 state = 0; state < STATES; state++) {
        crc = crc_word(final[state], crc);
        crc = crc_word(steps[state], crc);
    }
    return crc;
}

// ---- text --------------------------------------------------------------------------------------

static char line[64];

static u32 put(u32 at, char c) {
    if (at + 1 < sizeof line) line[at++] = c;
    line[at] = 0;
    return at;
}

static NOINLINE u32 put_number(u32 at, u32 number, u32 base, i32 width, char pad) {
    char digits[16];
    i32 count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number);
    while (width-- > count) at = put(at, pad);
    while (count > 0) at = put(at, digits[--count]);
    return at;
}

// `%d %u %x %c %s` with a width, as logs need it.
static NOINLINE u32 format(const char *pattern, const u32 *arguments) {
    u32 at = put(0, 0);
    for (; *pattern; pattern++) {
        if (*pattern != '%') {
            at = put(at, *pattern);
            continue;
        }
        char pad = ' ';
        i32 width = 0;
        if (*++pattern == '0') pad = '0';
        while (is_digit(*pattern)) width = width * 10 + (*pattern++ - '0');
        u32 argument = *arguments++;
        switch (*pattern) {
        case 'd':
            if ((i32)argument < 0) {
                at = put(at, '-');
                argument = -argument;
            }
            [[fallthrough]];
        case 'u': at = put_number(at, argument, 10, width, pad); break;
        case 'x': at = put_number(at, argument, 16, width, pad); break;
        case 'c': at = put(at, (char)argument); break;
        case 's':
            for (const char *from = (const char *)argument; *from; from++) at = put(at, *from);
            break;
        case 0: return at;
        default: at = put(at, *pattern);
        }
    }
    return at;
}

static NOINLINE u16 log_line(u32 round, u16 crc) {
    const u32 arguments[] = {round, crc, (u32)-(i32)(round & 31), (u32)samples[round & 15], 'x'};
    u32 length = format("%04u: %08x %d <%s> %c%%", arguments);
    for (u32 at = 0; at < length; at++) crc = crc_byte((u8)line[at], crc);
    return crc;
}

// ---- a filter and a transform ------------------------------------------------------------------

#define POINTS 32

static i32 real[POINTS], imaginary[POINTS];

// A quarter of a sine in 15 bits, by Bhaskara's formula.
static i32 quarter_sine(i32 at) {
    i32 x = at * 180 / (POINTS / 2);
    i32 p = x * (180 - x);
    return (i32)((4 * 32767LL * p) / (40500 - p));
}

static NOINLINE i32 sine(i32 at) {
    at &= POINTS - 1;
    return at < POINTS / 2 ? quarter_sine(at) : -quarter_sine(at - POINTS / 2);
}

static NOINLINE void transform(void) {
    for (i32 at = 0, turned = 0; at < POINTS; at++) {
        if (at < turned) {
            i32 kept = real[at];
            real[at] = real[turned];
            real[turned] = kept;
        }
        i32 bit = POINTS / 2;
        while (turned & bit) {
            turned ^= bit;
            bit >>= 1;
        }
        turned |= bit;
    }
    for (i32 half = 1; half < POINTS; half *= 2) {
        for (i32 phase = 0; phase < half; phase++) {
            i32 angle = phase * (POINTS / 2) / half;
            i32 cosine = sine(angle + POINTS / 4), negative = -sine(angle);
            for (i32 low = phase; low < POINTS; low += 2 * half) {
                i32 high = low + half;
                i32 re = (i32)(((long long)real[high] * cosine - (long long)imaginary[high] * negative) >> 15);
                i32 im = (i32)(((long long)real[high] * negative + (long long)imaginary[high] * cosine) >> 15);
                real[high] = real[low] - re;
                imaginary[high] = imaginary[low] - im;
                real[low] += re;
                imaginary[low] += im;
            }
        }
    }
}

static NOINLINE u16 signals(u32 seed, u16 crc) {
    i32 slow = 0, fast = 0;
    for (i32 at = 0; at < POINTS; at++) {
        i32 sample = (i32)(random(&seed) & 0x3FFF) - 0x2000 + (sine(at * 3) >> 3);
        slow += (sample - slow) >> 4;
        fast += (sample - fast) >> 1;
        real[at] = fast - slow;
        imaginary[at] = 0;
    }
    transform();
    u32 strongest = 0, place = 0;
    for (u32 at = 1; at < POINTS / 2; at++) {
        i32 re = real[at] >> 4, im = imaginary[at] >> 4;
        u32 power = (u32)(re * re + im * im);
        if (power > strongest) {
            strongest = power;
            place = at;
        }
    }
    return crc_word(strongest, crc_half((u16)place, crc));
}

// ---- packing -----------------------------------------------------------------------------------

static u8 packed[600], unpacked[512];
static u16 heads[64];

static u32 hash(const u8 *at) { return ((u32)at[0] * 33 + at[1] * 17 + at[2]) & 63; }

// Bytes below 128 stand for themselves; others begin a length and a distance.
static NOINLINE u32 pack(const u8 *from, u32 length) {
    u32 at = 0, out = 0;
    for (u32 head = 0; head < LENGTH(heads); head++) heads[head] = 0xFFFF;
    while (at < length && out + 3 < sizeof packed) {
        u32 best = 0, distance = 0;
        if (at + 3 <= length) {
            u32 slot = hash(from + at), earlier = heads[slot];
            heads[slot] = (u16)at;
            if (earlier != 0xFFFF && at - earlier < 256) {
                while (best < 127 && at + best < length && from[earlier + best] == from[at + best]) best++;
                distance = at - earlier;
            }
        }
        if (best >= 3) {
            packed[out++] = (u8)(0x80 | best);
            packed[out++] = (u8)distance;
            at += best;
        } else {
            packed[out++] = from[at++] & 0x7F;
        }
    }
    return out;
}

static NOINLINE u32 unpack(u32 length) {
    u32 out = 0;
    for (u32 at = 0; at < length;) {
        u8 byte = packed[at++];
        if (byte < 0x80) {
            if (out < sizeof unpacked) unpacked[out++] = byte;
        } else {
            u32 distance = packed[at++];
            for (u32 count = byte & 0x7F; count > 0; count--) {
                if (out >= sizeof unpacked || distance > out) return 0;
                unpacked[out] = unpacked[out - distance];
                out++;
            }
        }
    }
    return out;
}

static NOINLINE u16 archive(u16 crc) {
    u32 length = 0;
    while (text[length] && length < sizeof text - 1) length++;
    u32 small = pack((const u8 *)text, length);
    crc = crc_half((u16)small, crc);
    if (unpack(small) != length) return crc ^ 0xFFFF;
    for (u32 at = 0; at < length; at++)
        if (unpacked[at] != ((u8)text[at] & 0x7F)) return crc ^ 0xFF;
    return crc;
}

// ---- a queue of timers -------------------------------------------------------------------------

struct timer {
    u32 due;
    u16 owner;
    u16 period;
};

static struct timer timers[24];
static u32 armed;

static void swap(u32 a, u32 b) {
    struct timer kept = timers[a];
    timers[a] = timers[b];
    timers[b] = kept;
}

static NOINLINE void arm(struct timer timer) {
    if (armed >= LENGTH(timers)) return;
    u32 at = armed++;
    timers[at] = timer;
    while (at > 0 && timers[(at - 1) / 2].due > timers[at].due) {
        swap(at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static NOINLINE struct timer fire(void) {
    struct timer first = timers[0];
    timers[0] = timers[--armed];
    for (u32 at = 0;;) {
        u32 least = at;
        for (u32 child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < armed && timers[child].due < timers[least].due) least = child;
        if (least == at) return first;
        swap(at, least);
        at = least;
    }
}

static NOINLINE u16 schedule(u32 seed, u16 crc) {
    armed = 0;
    for (u16 owner = 0; owner < 16; owner++) {
        u16 period = (u16)(random(&seed) % 90 + 10);
        arm((struct timer){.due = period, .owner = owner, .period = period});
    }
    u32 now = 0;
    for (i32 event = 0; event < 40; event++) {
        struct timer timer = fire();
        if (timer.due < now) return crc ^ 0xFFFF;
        now = timer.due;
        crc = crc_byte((u8)timer.owner, crc);
        if (event & 3) {
            timer.due += timer.period;
            arm(timer);
        } else if (armed == 0) {
            break;
        }
    }
    return crc_word(now, crc);
}

// ---- all together ------------------------------------------------------------------------------

EXPORT("run") u32 run(u32 rounds) {
    u32 seed = 0x2545F491;
    u16 crc = 0, sum = 0;
    for (u32 round = 0; round < rounds; round++) {
        u32 now = random(&seed);
        crc = lists(now, (i32)(round & 7) + 30);
        sum = crc_half(crc, sum);
        crc = matrices(now, (i16)(crc & 0xFF), crc);
        sum = crc_half(crc, sum);
        crc = scans(now, (now & 3) + 5, crc);
        sum = crc_half(crc, sum);
        crc = signals(now, crc);
        sum = crc_half(crc, sum);
        crc = archive(crc);
        sum = crc_half(crc, sum);
        crc = schedule(now, crc);
        sum = crc_half(crc, sum);
        sum = log_line(round, sum);
    }
    return (u32)sum << 16 | crc;
}
