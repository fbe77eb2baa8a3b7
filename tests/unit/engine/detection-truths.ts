/** Real files of published packages, as a person who opens them sees them; written down by hand, without what is found out about them. */

export interface Truth {
  /** In the folder of its package. */
  readonly file: string;
  /** Between cells; `[]`: a JSON array. */
  readonly separator: string;
  /** The column with the time; undefined: there is none. */
  readonly time: string | undefined;
  /** How the service can read it; undefined with a time: it cannot. */
  readonly pattern: string | undefined;
  readonly encoding: string;
}

export interface Package {
  readonly name: string;
  readonly folder: string;
  readonly files: readonly Truth[];
}

type Line = readonly [file: string, separator: string, time?: string | undefined, pattern?: string | undefined, encoding?: string];
const truths = (lines: readonly Line[]): readonly Truth[] =>
  lines.map(([file, separator, time, pattern, encoding = 'utf-8']) => ({ file, separator, time, pattern, encoding }));

const vega = truths([
  ['airports.csv', ','],
  ['anscombe.json', '[]'],
  ['barley.json', '[]', 'year'],
  ['birdstrikes.csv', ',', 'Flight Date', 'uuuu-MM-dd'],
  ['budget.json', '[]'],
  ['budgets.json', '[]', 'budgetYear'],
  ['burtin.json', '[]'],
  ['cars.json', '[]', 'Year', 'uuuu-MM-dd'],
  ['co2-concentration.csv', ',', 'Date', 'uuuu-MM-dd'],
  ['countries.json', '[]', 'year'],
  ['crimea.json', '[]', 'date', 'uuuu-MM-dd'],
  ['disasters.csv', ',', 'Year'],
  ['driving.json', '[]', 'year'],
  ['flare-dependencies.json', '[]'],
  ['flare.json', '[]'],
  ['flights-10k.json', '[]', 'date', 'uuuu/MM/dd HH:mm'],
  ['flights-200k.json', '[]'],
  ['flights-20k.json', '[]', 'date', 'uuuu/MM/dd HH:mm'],
  ['flights-2k.json', '[]', 'date', 'uuuu/MM/dd HH:mm'],
  ['flights-5k.json', '[]', 'date', 'uuuu/MM/dd HH:mm'],
  ['flights-airport.csv', ','],
  ['football.json', '[]', 'date', 'uuuu-MM-dd'],
  ['gapminder-health-income.csv', ','],
  ['gapminder.json', '[]', 'year'],
  ['github.csv', ',', 'time', 'uuuu/MM/dd HH:mm:ss'],
  ['global-temp.csv', ',', 'year'],
  ['income.json', '[]'],
  ['iowa-electricity.csv', ',', 'year', 'uuuu-MM-dd'],
  ['jobs.json', '[]', 'year'],
  ['la-riots.csv', ',', 'death_date', 'uuuu-MM-dd'],
  ['londonCentroids.json', '[]'],
  ['lookup_groups.csv', ','],
  ['lookup_people.csv', ','],
  ['monarchs.json', '[]', 'start'],
  ['movies.json', '[]', 'Release Date', 'MMM d uuuu'],
  ['normal-2d.json', '[]'],
  ['obesity.json', '[]'],
  ['ohlc.json', '[]', 'date', 'uuuu-MM-dd'],
  ['penguins.json', '[]'],
  ['platformer-terrain.json', '[]'],
  ['political-contributions.json', '[]', 'Coverage_End_Date', 'MM/dd/uuuu'],
  ['population.json', '[]', 'year'],
  ['population_engineers_hurricanes.csv', ','],
  ['seattle-weather-hourly-normals.csv', ',', 'date', 'ISO_DATE_TIME'],
  ['seattle-weather.csv', ',', 'date', 'uuuu-MM-dd'],
  ['sp500-2000.csv', ',', 'date', 'uuuu-MM-dd'],
  ['sp500.csv', ',', 'date', 'MMM d uuuu'],
  ['species.csv', ','],
  ['stocks.csv', ',', 'date', 'MMM d uuuu'],
  ['udistrict.json', '[]'],
  ['unemployment-across-industries.json', '[]', 'date', 'ISO_DATE_TIME'],
  ['unemployment.tsv', '\t'],
  ['uniform-2d.json', '[]'],
  ['us-employment.csv', ',', 'month', 'uuuu-MM-dd'],
  ['us-state-capitals.json', '[]'],
  ['weather.csv', ',', 'date', 'uuuu-MM-dd'],
  ['wheat.json', '[]', 'year'],
  ['windvectors.csv', ','],
  ['zipcodes.csv', ','],
]);

const observable = truths([
  ['aapl.csv', ',', 'Date', 'uuuu-MM-dd'],
  ['alphabet.csv', ','],
  // The year of the model, in two digits: not even a whole one.
  ['cars.csv', ',', 'year'],
  ['citywages.csv', ','],
  ['diamonds.csv', ','],
  ['flare.csv', ','],
  ['industries.csv', ',', 'date', 'uuuu-MM-dd'],
  ['olympians.csv', ',', 'date_of_birth', 'uuuu-MM-dd'],
  ['penguins.csv', ','],
  ['pizza.csv', ',', 'order_date', 'ISO_DATE_TIME'],
  ['weather.csv', ',', 'date', 'uuuu-MM-dd'],
]);

const chart = (name: string, time?: string, pattern?: string): Line => [`chart/${name}-test/${name}-test-data.json`, '[]', time, pattern];

const antv = truths([
  chart('area_chart', 'date', 'ISO_DATE_TIME'),
  chart('bar_chart'),
  chart('bubble_chart'),
  chart('column_chart'),
  chart('compact_trellis_grid_bar_charts'),
  chart('density_stack_chart'),
  chart('diverging_stacked_bar_chart'),
  chart('donut_chart'),
  chart('grouped_bar_chart', 'year'),
  chart('heatmap'),
  chart('histogram'),
  chart('layered_area_chart', 'year', 'ISO_DATE_TIME'),
  chart('layered_bar_chart', 'year', 'ISO_DATE_TIME'),
  chart('line_chart', 'f1'),
  chart('multi_series_line_chart', 'date', 'ISO_DATE_TIME'),
  chart('multifeature_scatter_plot'),
  chart('pie_chart'),
  chart('scatter_matrix'),
  chart('scatter_plot'),
  chart('stacked_bar_chart'),
  chart('stacked_area_chart', 'year', 'ISO_DATE_TIME'),
  chart('step_line_chart', 'date', 'ISO_DATE_TIME'),
  chart('stream_chart', 'date', 'ISO_DATE_TIME'),
  chart('strip_plot'),
  chart('stripplot'),
  chart('trellis_scatter_plot'),
  chart('trellis_stacked_bar_chart', 'year'),
  ['story/area-sales/area-sales.json', '[]'],
  ['story/area-sales-type/area-sales-type.json', '[]'],
  ['story/city-gdp/city-gdp.json', '[]', 'yearmonth'],
]);

/** Files that programs which read CSV trip over. */
const spectrum = truths([
  ['comma_in_quotes.csv', ','],
  ['empty.csv', ','],
  ['empty_crlf.csv', ','],
  ['escaped_quotes.csv', ','],
  ['json.csv', ','],
  // UTF-8: its signs of degree were lost before, and stand there as replacement characters.
  ['location_coordinates.csv', ','],
  ['newlines.csv', ','],
  ['newlines_crlf.csv', ','],
  ['quotes_and_newlines.csv', ','],
  ['simple.csv', ','],
  ['simple_crlf.csv', ','],
  ['utf8.csv', ','],
]);

export const packages: readonly Package[] = [
  { name: 'vega-datasets', folder: 'data', files: vega },
  { name: '@observablehq/sample-datasets', folder: '', files: observable },
  { name: '@antv/data-samples', folder: 'src/data', files: antv },
  { name: 'csv-spectrum', folder: 'csvs', files: spectrum },
];
