// `npm run dev`: the built page over the fake server, to look at. Build first: npm run build.
import { FakeStudio } from "./server.mjs";

const fake = new FakeStudio(process.argv[2] ?? "dist", { samples: Number(process.argv[3] ?? 600), pace: 150 });
console.log(await fake.listen(5174));
