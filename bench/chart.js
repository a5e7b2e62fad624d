export const throughputChart = () => '';
