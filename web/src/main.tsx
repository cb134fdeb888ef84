import "uplot/dist/uPlot.min.css";
import "./style/base.css";
import "./style/parts.css";
import "./style/pages.css";
import { render } from "preact";
import { App } from "./app";
import { followAddress } from "./state/route";
import { startStudio } from "./state/studio";
import { startTheme } from "./state/theme";

startTheme();
followAddress();
startStudio();
render(<App />, document.getElementById("app")!);
