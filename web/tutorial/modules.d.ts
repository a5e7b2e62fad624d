// A style sheet as text: Vite reads it when it builds.
declare module '*.css?inline' {
  const text: string;
  export default text;
}
