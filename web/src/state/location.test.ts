import { expect, test } from "vitest";
import { accuracyText, coordinates, geoUri, mapAddress, placeIn } from "./location.ts";

const MADRID = { latitude: 40.4167754, longitude: -3.7037902, accuracy: 19.2 };

test("a place is a geo URI, and the other way round", () => {
  expect(geoUri(MADRID)).toBe("geo:40.416775,-3.70379;u=20");
  expect(placeIn(geoUri(MADRID))).toEqual({ latitude: 40.416775, longitude: -3.70379, accuracy: 20 });
  expect(placeIn(" geo:0,0 ")).toEqual({ latitude: 0, longitude: 0, accuracy: 0 });
  expect(geoUri({ latitude: 1e-9, longitude: -0, accuracy: 0 })).toBe("geo:0,0");
});

test.each(["", "geo:", "geo:91,0", "geo:0,181", "geo:1,2,3", "geo:1,2;u=x", "see geo:1,2", "geo:1,2 here", "geo:1e1,2", "https://geo:1,2"])(
  "%j is no place",
  (text) => expect(placeIn(text)).toBeNull(),
);

test("it is said in words that people read", () => {
  expect(coordinates(MADRID)).toBe("40.4168° N, 3.7038° W");
  expect(coordinates({ latitude: -33.86, longitude: 151.21, accuracy: 0 })).toBe("33.8600° S, 151.2100° E");
  expect(accuracyText(MADRID)).toBe("to within 20 m");
  expect(accuracyText({ ...MADRID, accuracy: 2_300 })).toBe("to within 3 km");
  expect(accuracyText({ ...MADRID, accuracy: 0 })).toBe("");
});

test("the map is asked for that place", () => {
  expect(mapAddress(MADRID)).toBe("https://www.openstreetmap.org/?mlat=40.416775&mlon=-3.70379#map=16/40.416775/-3.70379");
});
