/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock-filter.h"

#include <math.h>

#define MIN_SPAN_FOR_RATE_S 1.0
/* The quickest exchange of so many counts as quick ... */
#define QUICK_SHARE 64
#define MAX_QUICK (LOA_CLOCK_FILTER_WINDOW / QUICK_SHARE + 1)
/* ... crystals are usually as good as this, which is worth so much of an edge's blur ... */
#define USUAL_PPM 50.0
#define DOUBT_SHARE 0.3
/* ... and the rate is looked for to this step: 0.1 us over the whole window. */
#define RATE_STEP 1e-9
#define NEAR_RATE 5e-6
#define MAX_RATE (LOA_CLOCK_FILTER_MAX_PPM * 1e-6)
#define MAX_ROUND_TRIP_NS (10 * G_GINT64_CONSTANT(1000000000))
/* An exchange may lie this far outside what the line allows before it is doubted. */
#define DOUBT_MARGIN_S 0.0005
/* So many doubted exchanges in a row are a step of the site clock. */
#define DOUBTS_FOR_STEP 4
/* How fast a crystal may wander from its estimated rate: temperature, ageing. */
#define WANDER_PPM 2.0
/* Rate uncertainty before one was measured for long enough. */
#define MIN_SPAN_FOR_BOUND_S 4.0
#define UNKNOWN_RATE_PPM 100.0

/* One cloud: points (x, y) in seconds, relative to the filter's origin. */
typedef struct {
	double x;
	double y;
} Point;

struct LoaClockFilter {
	gint64 origin_mono_ns; /* t1 of the first exchange: keeps the doubles small */
	gint64 origin_site_ns; /* t2 of the first exchange */
	Point forward[LOA_CLOCK_FILTER_WINDOW]; /* rings, oldest at `oldest` */
	Point backward[LOA_CLOCK_FILTER_WINDOW];
	guint n;
	guint oldest;
	guint n_doubted; /* in a row */
	guint32 epoch;
	double rate;         /* slope: site seconds gained per monotonic second, minus 1 */
	double edge_forward; /* where quick exchanges lie, at x = 0 */
	double edge_backward;
	double newest_x;
};

LoaClockFilter *
loa_clock_filter_new(void)
{
	return g_new0(LoaClockFilter, 1);
}

void
loa_clock_filter_free(LoaClockFilter *self)
{
	g_free(self);
}

guint
loa_clock_filter_n_taken(const LoaClockFilter *self)
{
	return self->n;
}

/* The @n_wanted lowest of the ring's points seen along a line of slope @rate, lowest first.
 * Returns how many there are. */
static guint
lowest(const LoaClockFilter *self, const Point *ring, double rate, double *low, guint n_wanted)
{
	guint n_low = 0, at = self->oldest;

	for (guint i = 0; i < self->n; i++) {
		double height = ring[at].y - rate * ring[at].x;

		if (++at == LOA_CLOCK_FILTER_WINDOW)
			at = 0;

		if (n_low == n_wanted && height >= low[n_low - 1])
			continue;
		guint place = n_low < n_wanted ? n_low++ : n_low - 1;

		low[place] = height;
		for (; place > 0 && low[place - 1] > low[place]; place--) {
			low[place] = low[place - 1];
			low[place - 1] = height;
		}
	}
	return n_low;
}

static double
mean(const double *values, guint n)
{
	double sum = 0;

	for (guint i = 0; i < n; i++)
		sum += values[i];
	return sum / n;
}

static guint
n_quick(const LoaClockFilter *self)
{
	return MAX(1, self->n / QUICK_SHARE);
}

/* Where the quick exchanges of one direction lie along a line of slope @rate, at x = 0. */
static double
edge(const LoaClockFilter *self, const Point *ring, double rate)
{
	double low[MAX_QUICK];

	return mean(low, lowest(self, ring, rate, low, n_quick(self)));
}

/* How blurred that edge is: how much higher the next few lie. */
static double
blur(const LoaClockFilter *self, const Point *ring, double rate)
{
	double low[4 * MAX_QUICK + 4];
	guint n_low = lowest(self, ring, rate, low, 4 * n_quick(self) + 4);

	return mean(low, n_low) - mean(low, n_quick(self));
}

/* How well @rate explains all exchanges: it lifts both edges high and is likely for a crystal. */
static double
merit(const LoaClockFilter *self, double rate, double doubt)
{
	double unlikely = rate / (USUAL_PPM * 1e-6);

	return edge(self, self->forward, rate) + edge(self, self->backward, -rate) -
	       doubt * unlikely * unlikely;
}

/* The merit is concave in the rate: a golden-section search finds the top within @low to @high. */
static double
best_rate_within(const LoaClockFilter *self, double doubt, double low, double high)
{
	const double golden = 0.6180339887498949;
	double a = high - golden * (high - low), b = low + golden * (high - low);
	double at_a = merit(self, a, doubt), at_b = merit(self, b, doubt);

	while (high - low > RATE_STEP) {
		if (at_a < at_b) {
			low = a;
			a = b;
			at_a = at_b;
			b = low + golden * (high - low);
			at_b = merit(self, b, doubt);
		} else {
			high = b;
			b = a;
			at_b = at_a;
			a = high - golden * (high - low);
			at_a = merit(self, a, doubt);
		}
	}
	return (low + high) / 2;
}

/* Near the rate as it is, mostly; if that is off, the search ends where it began to look. */
static double
best_rate(const LoaClockFilter *self, double doubt)
{
	double low = MAX(self->rate - NEAR_RATE, -MAX_RATE);
	double high = MIN(self->rate + NEAR_RATE, MAX_RATE);
	double rate = best_rate_within(self, doubt, low, high);

	if (rate - low > 2 * RATE_STEP && high - rate > 2 * RATE_STEP)
		return rate;
	return best_rate_within(self, doubt, -MAX_RATE, MAX_RATE);
}

static double
span_s(const LoaClockFilter *self)
{
	return self->n == 0 ? 0 : self->newest_x - self->forward[self->oldest].x;
}

static void
fit(LoaClockFilter *self)
{
	if (span_s(self) >= MIN_SPAN_FOR_RATE_S) {
		double doubt = DOUBT_SHARE * (blur(self, self->forward, self->rate) +
					      blur(self, self->backward, -self->rate));

		self->rate = best_rate(self, doubt);
	}
	self->edge_forward = edge(self, self->forward, self->rate);
	self->edge_backward = edge(self, self->backward, -self->rate);
}

static void
forget(LoaClockFilter *self)
{
	self->n = 0;
	self->oldest = 0;
	self->n_doubted = 0;
}

static void
push(LoaClockFilter *self, Point forward, Point backward)
{
	const double max_age_s = (double)LOA_CLOCK_FILTER_MAX_AGE_US * 1e-6;

	while (self->n > 0 && (self->n == LOA_CLOCK_FILTER_WINDOW ||
			       forward.x - self->forward[self->oldest].x > max_age_s)) {
		self->oldest = (self->oldest + 1) % LOA_CLOCK_FILTER_WINDOW;
		self->n--;
	}
	guint i = (self->oldest + self->n) % LOA_CLOCK_FILTER_WINDOW;

	self->forward[i] = forward;
	self->backward[i] = backward;
	self->n++;
	self->newest_x = forward.x;
}

/* How far the rate may be off, in parts of one: it was measured over a span by edges that are about
 * as sharp as the margin, or not at all. */
static double
rate_doubt(const LoaClockFilter *self)
{
	double span = span_s(self);

	if (span < MIN_SPAN_FOR_BOUND_S)
		return UNKNOWN_RATE_PPM * 1e-6;
	return MIN(UNKNOWN_RATE_PPM, WANDER_PPM + DOUBT_MARGIN_S * 1e6 / span) * 1e-6;
}

/* No delay is negative: an exchange whose forward point lies under the line the backward points
 * allow (or the other way round) cannot come from the same, unstepped clock. */
static gboolean
contradicts(const LoaClockFilter *self, Point forward, Point backward)
{
	double since = forward.x - self->newest_x;
	double slack = DOUBT_MARGIN_S + since * (rate_doubt(self) + WANDER_PPM * 1e-6);
	double offset_low = -self->edge_backward + self->rate * forward.x - slack;
	double offset_high = self->edge_forward + self->rate * forward.x + slack;

	return forward.y < offset_low || -backward.y > offset_high;
}

LoaExchange
loa_clock_filter_add(LoaClockFilter *self, gint64 t1_ns, gint64 t2_ns, gint64 t3_ns, gint64 t4_ns)
{
	LoaExchange result = LOA_EXCHANGE_TAKEN;

	if (t4_ns < t1_ns || t3_ns < t2_ns || t4_ns - t1_ns > MAX_ROUND_TRIP_NS ||
	    t3_ns - t2_ns > t4_ns - t1_ns + 1000000)
		return LOA_EXCHANGE_ABSURD;
	if (self->n == 0 && self->origin_mono_ns == 0) {
		self->origin_mono_ns = t1_ns;
		self->origin_site_ns = t2_ns;
	}

	double x1 = (double)(t1_ns - self->origin_mono_ns) * 1e-9;
	double x4 = (double)(t4_ns - self->origin_mono_ns) * 1e-9;
	double y2 = (double)(t2_ns - self->origin_site_ns) * 1e-9;
	double y3 = (double)(t3_ns - self->origin_site_ns) * 1e-9;
	Point forward = { x1, y2 - x1 }, backward = { x4, x4 - y3 };

	if (self->n > 0 && x1 < self->newest_x)
		return LOA_EXCHANGE_ABSURD;
	if (self->n > 0 && contradicts(self, forward, backward)) {
		if (++self->n_doubted < DOUBTS_FOR_STEP)
			return LOA_EXCHANGE_DOUBTED;
		forget(self);
		self->epoch++;
		result = LOA_EXCHANGE_STEPPED;
	}
	self->n_doubted = 0;
	push(self, forward, backward);
	fit(self);
	return result;
}

gboolean
loa_clock_filter_line(const LoaClockFilter *self, gint64 mono_us, LoaClockMap *map,
		      gint64 *bound_us)
{
	if (self->n == 0)
		return FALSE;

	double x = (double)(mono_us - self->origin_mono_ns / 1000) * 1e-6;
	double offset = (self->edge_forward - self->edge_backward) / 2 + self->rate * x;
	double half_round_trip = (self->edge_forward + self->edge_backward) / 2;
	double since = MAX(0, x - self->newest_x);

	map->mono_us = mono_us;
	map->site_us = self->origin_site_ns / 1000 + llround((x + offset) * 1e6);
	map->rate = 1 + self->rate;
	map->epoch = self->epoch;
	*bound_us = llround((MAX(0, half_round_trip) + since * (rate_doubt(self))) * 1e6) + 1;
	return TRUE;
}
