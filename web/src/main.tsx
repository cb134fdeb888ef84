import "uplot/dist/uPlot.min.css";
import "./style/base.css";
import "./style/controls.css";
import "./style/parts.css";
import "./style/messages.css";
import "./style/data.css";
import "./style/pages.css";
import "./style/reports.css";
import "./style/narrow.css";
import { render } from "preact";
import { App } from "./app";
import { followAddress } from "./state/route";
import { startStudio } from "./state/studio";
import { startTheme } from "./state/theme";

startTheme();
followAddress();
startStudio();
render(<App />, document.getElementById("app")!);
