// Charts of a page: <div data-chart='{"kind": "line"|"bar", "labels": [...], "series": [{"name", "values"}], "unit"}'>.
// SVG only, readable without colour (patterns), the numbers also stand in a table on the page.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, SVGRenderer]);

const COLOURS = ["#0b5cad", "#8a4b00", "#14653a", "#6a3d9a", "#b3261e"];

function options(chart) {
  return {
    animation: false,
    aria: { enabled: true, decal: { show: chart.kind === "bar" } },
    color: COLOURS,
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
    legend: { show: chart.series.length > 1, top: 0 },
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "category", data: chart.labels },
    yAxis: { type: "value", name: chart.unit || "", minInterval: 1 },
    series: chart.series.map((line, i) => ({
      name: line.name,
      type: chart.kind,
      data: line.values,
      symbol: ["circle", "rect", "triangle", "diamond"][i % 4],
      lineStyle: { type: ["solid", "dashed", "dotted"][i % 3] },
    })),
  };
}

function draw(root) {
  root.querySelectorAll("[data-chart]").forEach((element) => {
    const chart = echarts.getInstanceByDom(element) || echarts.init(element, null, { renderer: "svg" });
    chart.setOption(options(JSON.parse(element.dataset.chart)), true);
  });
}

document.addEventListener("DOMContentLoaded", () => draw(document));
document.addEventListener("htmx:load", (event) => draw(event.target));
window.addEventListener("resize", () => {
  document.querySelectorAll("[data-chart]").forEach((element) => {
    const chart = echarts.getInstanceByDom(element);
    if (chart) chart.resize();
  });
});
